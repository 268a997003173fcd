package io.pushfanout.cli;

import io.pushfanout.app.Version;
import io.pushfanout.cli.Console.OutputException;
import io.pushfanout.logging.Logging;
import io.pushfanout.options.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: all commands and their common settings. */
public final class Cli {
  private Cli() {}

  /**
   * Returns the command line for these arguments. If the first argument is a command, only that
   * command is created: describing all commands to picocli takes some 40 ms of every start.
   */
  public static CommandLine of(Console console, String... arguments) {
    RootCommand root = new RootCommand();
    CommandLine cli = new CommandLine(root);
    cli.getCommandSpec().version("pushfanout " + Version.current());
    // Subcommands come first: a setting of picocli reaches only the subcommands that exist already.
    Map<String, Supplier<Object>> commands = commands(console);
    Supplier<Object> chosen = arguments.length == 0 ? null : commands.get(arguments[0]);
    (chosen == null ? commands.values() : List.of(chosen))
        .forEach(command -> cli.addSubcommand(command.get()));
    if (chosen == null) {
      cli.addSubcommand(new CommandLine.HelpCommand());
      cli.addSubcommand("completion", completion());
      cli.addSubcommand(new ManPagesCommand());
    }
    // The footer comes last, not by annotation: a subcommand inherits the texts when it is added.
    cli.getCommandSpec()
        .usageMessage()
        .commandListHeading("%nCommands:%n")
        .footer(
            "",
            "Examples:",
            "  pushfanout demo                          the whole flow, with a page to watch",
            "  pushfanout serve --node 10.0.0.1:50052   the fan-out server, for one node",
            "  pushfanout broadcast --room lobby hello  one message",
            "  pushfanout help serve                    the options of a command");
    OptionTypes.register(cli);
    EnvironmentDefaults environment = new EnvironmentDefaults(console.environment());
    cli.setDefaultValueProvider(environment);
    HelpPage.applyTo(cli);
    UsageErrors usage = new UsageErrors(environment, console.err());
    Failures failures = new Failures(usage, console.err());
    return cli.setOut(console.out())
        .setErr(console.err())
        // "@everyone" is a message, not a file of arguments.
        .setExpandAtFiles(false)
        .setColorScheme(new ColorScheme.Builder(Ansi.OFF).build())
        .setParameterExceptionHandler(usage)
        .setExecutionExceptionHandler(failures)
        .setExecutionStrategy(
            parsed -> {
              Logging.configure(root.logLevel(), root.logFormat());
              CommandLine command = parsed.asCommandLineList().getLast();
              List<String> unread = command.getUnmatchedArguments();
              if (command.getCommandSpec().helpCommand() && !unread.isEmpty()) {
                // Of such a command, picocli ignores arguments that are not its own.
                return usage.report(command, new UnmatchedArgumentException(command, unread));
              }
              Optional<UsageException> empty = environment.listWithoutValue(command);
              if (empty.isPresent()) {
                return usage.report(command, empty.get());
              }
              int code = new RunLast().execute(parsed);
              try {
                console.requireWritten();
                return code;
              } catch (OutputException e) {
                return failures.report(command, e);
              }
            });
  }

  /**
   * Returns the command that prints a script for bash and zsh; picocli generates the script from
   * the commands and their options.
   */
  private static CommandLine completion() {
    CommandLine completion = new CommandLine(new AutoComplete.GenerateCompletion());
    completion
        .getCommandSpec()
        .name("completion")
        .usageMessage()
        .optionListHeading("")
        .description(
            "Prints a script for bash and zsh that completes commands and options.",
            "Use it with: source <(pushfanout completion)");
    return completion;
  }

  /** Returns the factories of the commands, in the order of the help. */
  private static Map<String, Supplier<Object>> commands(Console console) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("serve", () -> new ServeCommand(console));
    commands.put("node", () -> new NodeCommand(console));
    commands.put("register", () -> new RegisterCommand(console));
    commands.put("broadcast", () -> new BroadcastCommand(console));
    commands.put("status", () -> new StatusCommand(console));
    commands.put("bench", () -> new BenchCommand(console));
    commands.put("check-node", () -> new CheckNodeCommand(console));
    commands.put("validate", () -> new ValidateCommand(console));
    commands.put("demo", () -> new DemoCommand(console));
    return commands;
  }
}
