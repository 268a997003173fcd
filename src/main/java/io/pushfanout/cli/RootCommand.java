package io.pushfanout.cli;

import io.pushfanout.logging.LogFormat;
import io.pushfanout.logging.LogLevel;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code pushfanout} itself, with the options of every command. */
@Command(
    name = "pushfanout",
    description = "Pushes each broadcast to every connect-node.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    usageHelpWidth = 100,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong use of the command line"})
final class RootCommand implements Callable<Integer> {
  static final String LOG_FORMAT = "--log-format";

  @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--log-level",
      paramLabel = "error|warn|info|debug|trace",
      scope = ScopeType.INHERIT,
      description = "What is logged to stderr (default: info).")
  private LogLevel logLevel = LogLevel.INFO;

  @Option(
      names = LOG_FORMAT,
      paramLabel = "text|json",
      scope = ScopeType.INHERIT,
      description = "How it is logged (default: text).")
  private LogFormat logFormat = LogFormat.TEXT;

  LogLevel logLevel() {
    return logLevel;
  }

  LogFormat logFormat() {
    return logFormat;
  }

  /** Returns the log format of a command line that was parsed, for lines beside the log. */
  static LogFormat formatOf(CommandSpec command) {
    return command.root().userObject() instanceof RootCommand root
        ? root.logFormat()
        : LogFormat.TEXT;
  }

  /** Reports that a command is missing, and prints the list of commands. */
  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    err.println(logFormat.line(Level.ERROR, "pushfanout: COMMAND: is needed"));
    spec.commandLine()
        .getUsageMessage()
        .lines()
        .forEach(line -> err.println(logFormat.line(Level.INFO, line)));
    return ExitCodes.USAGE;
  }
}
