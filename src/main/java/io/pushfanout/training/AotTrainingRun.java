package io.pushfanout.training;

import static java.net.HttpURLConnection.HTTP_OK;

import io.pushfanout.app.HttpThreads;
import io.pushfanout.app.ServeOptions;
import io.pushfanout.app.Server;
import io.pushfanout.app.Service.Listening;
import io.pushfanout.cli.Cli;
import io.pushfanout.cli.Console;
import io.pushfanout.cli.ServeCommand;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/**
 * A training run that uses each part of the program once, within this process: with the options of
 * bin/aot-cache, the JVM writes the classes in use to its cache. Output is discarded.
 */
public final class AotTrainingRun {
  private static final Duration READY_WITHIN = Duration.ofSeconds(10);
  private static final Duration READY_POLL = Duration.ofMillis(50);

  /** Two seconds of the operator's work: its Leases, its entry in the status and the summary. */
  private static final Duration AT_WORK = Duration.ofSeconds(2);

  /** A port without a listener, so that the run covers unreachable nodes too. */
  private static final String NODE = "127.0.0.1:1";

  private final Console console;

  private AotTrainingRun(Console console) {
    this.console = console;
  }

  public static void main(String[] arguments) throws Exception {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    AotTrainingRun training =
        new AotTrainingRun(
            new Console(
                Map.of(),
                InputStream.nullInputStream(),
                nowhere,
                nowhere,
                () -> false,
                () -> false));
    int code = training.run(nowhere, "demo", "--check");
    training.serve("--node=" + NODE, Map.of());
    training.serveResources();
    System.exit(code);
  }

  private int run(PrintWriter out, String... arguments) {
    Console silent =
        new Console(
            console.environment(),
            console.in(),
            out,
            console.err(),
            console.watched(),
            console.shown());
    return Cli.of(silent, arguments).execute(arguments);
  }

  /**
   * Serves the resources of a fake API server through a kubeconfig of its own; this machine's own
   * kubeconfig, in files or in the environment, is not read.
   */
  private void serveResources() throws Exception {
    Vertx vertx = HttpThreads.start();
    Path kubeconfig = Files.createTempFile("rehearsal", ".yaml");
    try {
      FakeApiServer cluster = FakeApiServer.start(vertx, NODE);
      Files.writeString(kubeconfig, cluster.kubeconfig());
      serve("--kubernetes", Map.of("KUBECONFIG", kubeconfig.toString()));
    } finally {
      Files.delete(kubeconfig);
      HttpThreads.stop(vertx);
    }
  }

  private void serve(String source, Map<String, String> environment) throws Exception {
    Server server = new Server(options(source, environment));
    Listening where = server.start();
    try {
      awaitReady(URI.create("http://" + where.http()));
      run(console.out(), "broadcast", "--to=" + where.grpc(), "hello");
      run(console.out(), "status", "--server=http://" + where.http());
      Thread.sleep(AT_WORK);
    } finally {
      server.stop();
    }
  }

  /** Returns the options, parsed from a command line, so that the run covers the parser too. */
  private ServeOptions options(String source, Map<String, String> environment) {
    Console withEnvironment =
        new Console(
            environment,
            console.in(),
            console.out(),
            console.err(),
            console.watched(),
            console.shown());
    ParseResult parsed =
        Cli.of(withEnvironment, "serve")
            .parseArgs("serve", source, "--grpc-port=0", "--http-port=0", "--shutdown-timeout=0s");
    return ((ServeCommand) parsed.subcommand().commandSpec().userObject()).options();
  }

  private static void awaitReady(URI server) throws IOException, InterruptedException {
    long until = System.nanoTime() + READY_WITHIN.toNanos();
    while (get(server.resolve("/readyz")) != HTTP_OK && System.nanoTime() - until < 0) {
      Thread.sleep(READY_POLL);
    }
    get(server.resolve("/metrics"));
  }

  /** Returns the status code of the response. */
  private static int get(URI uri) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    int code = connection.getResponseCode();
    if (code == HTTP_OK) {
      try (InputStream body = connection.getInputStream()) {
        body.readAllBytes();
      }
    }
    return code;
  }
}
