package io.pushfanout.app;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.RunLast;

/** The command line: the commands, and what holds for all of them. */
final class Cli {
  private Cli() {}

  static CommandLine of(Console console) {
    RootCommand root = new RootCommand();
    CommandLine cli = new CommandLine(root);
    cli.getCommandSpec().version("pushfanout " + Version.current());
    // Before what follows: a setting of picocli reaches the subcommands that are there already.
    cli.addSubcommand(new ServeCommand(console));
    cli.addSubcommand(new NodeCommand(console));
    cli.addSubcommand(new BroadcastCommand(console));
    cli.addSubcommand(new StatusCommand(console));
    cli.addSubcommand(new BenchCommand(console));
    cli.addSubcommand(new ValidateCommand(console));
    cli.addSubcommand(new DemoCommand(console));
    OptionTypes.register(cli);
    EnvironmentDefaults environment = new EnvironmentDefaults(console.environment());
    environment.applyTo(cli);
    UsageErrors usage = new UsageErrors(environment, console.err());
    return cli.setOut(console.out())
        .setErr(console.err())
        // "@everyone" is a message, not a file of arguments.
        .setExpandAtFiles(false)
        .setColorScheme(new ColorScheme.Builder(Ansi.OFF).build())
        .setParameterExceptionHandler(usage)
        .setExecutionExceptionHandler(new Failures(usage, console.err()))
        .setExecutionStrategy(
            parsed -> {
              Logging.configure(root.logLevel(), root.logFormat());
              return new RunLast().execute(parsed);
            });
  }
}
