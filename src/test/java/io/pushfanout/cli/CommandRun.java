package io.pushfanout.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** One run of the command line in this process, with an environment and stdin of its own. */
public record CommandRun(int code, String out, String err) {
  public static CommandRun of(String... arguments) {
    return in(Map.of(), arguments);
  }

  static CommandRun in(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Cli.of(console(environment, "", out, err), arguments).execute(arguments);
    return new CommandRun(code, out.toString(), err.toString());
  }

  /**
   * Runs a command on a stdout that fails after this number of writes, like a pipe without a
   * reader.
   */
  static CommandRun withOutput(int writes, String... arguments) {
    return withOutput(writes, false, arguments);
  }

  /** Runs a command on a terminal that is closed after this number of writes. */
  static CommandRun onTerminal(int writes, String... arguments) {
    return withOutput(writes, true, arguments);
  }

  private static CommandRun withOutput(int writes, boolean terminal, String... arguments) {
    StringWriter err = new StringWriter();
    CutOutput out = new CutOutput(writes);
    Console console = console(Map.of(), "", out, err, terminal);
    int code = Cli.of(console, arguments).execute(arguments);
    return new CommandRun(code, out.taken(), err.toString());
  }

  private static final class CutOutput extends Writer {
    private final StringBuilder taken = new StringBuilder();
    private int left;

    CutOutput(int writes) {
      left = writes;
    }

    String taken() {
      return taken.toString();
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      if (--left < 0) {
        throw new IOException("Broken pipe");
      }
      taken.append(text, from, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Returns the parsed command before its execution. */
  public static <C> C read(Class<C> command, Map<String, String> environment, String... arguments) {
    return read(command, environment, "", arguments);
  }

  public static <C> C read(
      Class<C> command, Map<String, String> environment, String stdin, String... arguments) {
    Console console = console(environment, stdin, new StringWriter(), new StringWriter());
    ParseResult parsed = Cli.of(console, arguments).parseArgs(arguments);
    return command.cast(parsed.subcommand().commandSpec().userObject());
  }

  private static Console console(
      Map<String, String> environment, String stdin, Writer out, Writer err) {
    return console(environment, stdin, out, err, false);
  }

  private static Console console(
      Map<String, String> environment, String stdin, Writer out, Writer err, boolean terminal) {
    return new Console(
        environment,
        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        () -> terminal,
        () -> terminal);
  }
}
