package io.pushfanout.cli;

import io.pushfanout.app.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A command that writes the help of all commands as man pages. The text is that of picocli's help,
 * unchanged: picocli's own generator writes AsciiDoc, which needs another tool to become a man
 * page.
 */
@Command(
    name = "man-pages",
    description = "Writes a man page of each command to a directory, such as share/man/man1.",
    sortOptions = false)
final class ManPagesCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The directory; made where it is missing.")
  private Path directory = Path.of(".");

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(directory);
    CommandLine root = spec.root().commandLine();
    write(root);
    for (CommandLine command : root.getSubcommands().values()) {
      write(command);
    }
    return ExitCodes.DONE;
  }

  private void write(CommandLine command) throws IOException {
    String name = command.getCommandSpec().qualifiedName("-");
    Files.writeString(directory.resolve(name + ".1"), page(name, command));
  }

  private static String page(String name, CommandLine command) {
    String[] description = command.getCommandSpec().usageMessage().description();
    return """
    .TH "%s" 1 "" "PushFanout %s"
    .SH NAME
    %s \\- %s
    .SH DESCRIPTION
    .nf
    %s
    .fi
    """
        .formatted(
            escaped(name).toUpperCase(Locale.ROOT),
            escaped(Version.current()),
            escaped(name),
            escaped(description.length == 0 ? "" : description[0]),
            command
                .getUsageMessage()
                .lines()
                .map(ManPagesCommand::escaped)
                .collect(Collectors.joining("\n")));
  }

  /** Returns a line of text that roff reads without requests or escapes. */
  private static String escaped(String line) {
    String text = line.replace("\\", "\\e").replace("-", "\\-");
    return text.startsWith(".") || text.startsWith("'") ? "\\&" + text : text;
  }
}
