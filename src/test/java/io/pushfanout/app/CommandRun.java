package io.pushfanout.app;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** One run of the command line in this process, with an environment and stdin of its own. */
record CommandRun(int code, String out, String err) {
  static CommandRun of(String... arguments) {
    return in(Map.of(), arguments);
  }

  static CommandRun in(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Cli.of(console(environment, "", out, err), arguments).execute(arguments);
    return new CommandRun(code, out.toString(), err.toString());
  }

  /** The command as it stands when the command line is read, before it does anything. */
  static <C> C read(Class<C> command, Map<String, String> environment, String... arguments) {
    return read(command, environment, "", arguments);
  }

  static <C> C read(
      Class<C> command, Map<String, String> environment, String stdin, String... arguments) {
    Console console = console(environment, stdin, new StringWriter(), new StringWriter());
    ParseResult parsed = Cli.of(console, arguments).parseArgs(arguments);
    return command.cast(parsed.subcommand().commandSpec().userObject());
  }

  private static Console console(
      Map<String, String> environment, String stdin, StringWriter out, StringWriter err) {
    return new Console(
        environment,
        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        () -> false);
  }
}
