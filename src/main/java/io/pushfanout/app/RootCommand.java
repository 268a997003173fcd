package io.pushfanout.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code pushfanout} itself: the options that every command has. */
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
final class RootCommand implements Runnable {
  @Option(
      names = "--log-level",
      paramLabel = "error|warn|info|debug|trace",
      scope = ScopeType.INHERIT,
      description = "What is logged to stderr (default: info).")
  private LogLevel logLevel = LogLevel.INFO;

  @Option(
      names = "--log-format",
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

  @Override
  public void run() {
    throw new UsageException("COMMAND", "is needed");
  }
}
