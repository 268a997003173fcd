package io.pushfanout.training;

import io.pushfanout.cli.Console;
import io.pushfanout.cli.Main;
import io.pushfanout.concurrent.Threads;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run of the command {@code serve} within this process, from its arguments to its end by SIGTERM.
 */
final class RunningServe {
  private static final Duration LISTENS_WITHIN = Duration.ofSeconds(20);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Pattern PORTS = Pattern.compile("listening grpc=(\\S+) http=(\\S+)\\R");

  private final CompletableFuture<Integer> code;
  private final String grpc;
  private final String http;

  private RunningServe(CompletableFuture<Integer> code, Matcher ports) {
    this.code = code;
    this.grpc = ports.group(1);
    this.http = ports.group(2);
  }

  /**
   * Starts a server on free ports; returns once it listens.
   *
   * @param environment variables of the command
   * @param source the option that names the source of its PushFanouts
   */
  static RunningServe start(Map<String, String> environment, String source)
      throws InterruptedException {
    String[] arguments = {
      "serve", source, "--grpc-port=0", "--http-port=0", "--shutdown-timeout=0s"
    };
    StringWriter lines = new StringWriter();
    Console console =
        new Console(
            environment,
            InputStream.nullInputStream(),
            new PrintWriter(Writer.nullWriter()),
            new PrintWriter(lines, true),
            () -> false,
            () -> false);
    CompletableFuture<Integer> code = new CompletableFuture<>();
    Thread _ = Threads.start("training-serve", () -> code.complete(Main.run(console, arguments)));
    long since = System.nanoTime();
    Matcher ports = PORTS.matcher(lines.toString());
    while (!ports.find()) {
      if (code.isDone() || System.nanoTime() - since > LISTENS_WITHIN.toNanos()) {
        throw new IllegalStateException("serve does not listen: " + lines);
      }
      Thread.sleep(POLL);
      ports.reset(lines.toString());
    }
    return new RunningServe(code, ports);
  }

  /** Returns the address of the gRPC port. */
  String grpc() {
    return grpc;
  }

  /** Returns the base of the HTTP pages. */
  URI http() {
    return URI.create("http://" + http);
  }

  /**
   * Ends the command as a signal from outside does; javac warns about each mention of the class of
   * signals.
   */
  void stop() throws ReflectiveOperationException, InterruptedException, ExecutionException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    signal
        .getMethod("raise", signal)
        .invoke(null, signal.getConstructor(String.class).newInstance("TERM"));
    try {
      int ended = code.get(ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      if (ended != 0) {
        throw new IllegalStateException("serve has ended with code " + ended);
      }
    } catch (TimeoutException e) {
      throw new IllegalStateException("serve has not ended", e);
    }
  }
}
