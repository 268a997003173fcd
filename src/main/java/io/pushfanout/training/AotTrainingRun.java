package io.pushfanout.training;

import static java.net.HttpURLConnection.HTTP_OK;

import io.pushfanout.app.HttpThreads;
import io.pushfanout.cli.Console;
import io.pushfanout.cli.Main;
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

/**
 * A training run that uses each part of the program once, within this process: with the options of
 * bin/aot-cache, the JVM writes the classes in use to its cache. The commands run from their
 * arguments to their end, so that the cache covers all of a start. Output is discarded.
 */
public final class AotTrainingRun {
  private static final Duration READY_WITHIN = Duration.ofSeconds(10);
  private static final Duration READY_POLL = Duration.ofMillis(50);

  /** Two seconds of the operator's work: its Leases, its entry in the status and the summary. */
  private static final Duration AT_WORK = Duration.ofSeconds(2);

  /** A port without a listener, so that the run covers unreachable nodes too. */
  private static final String NODE = "127.0.0.1:1";

  private AotTrainingRun() {}

  public static void main(String[] arguments) throws Exception {
    int code = run("demo", "--check");
    serve(Map.of(), "--node=" + NODE);
    serveResources();
    System.exit(code);
  }

  private static int run(String... arguments) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return Main.run(
        new Console(
            Map.of(), InputStream.nullInputStream(), nowhere, nowhere, () -> false, () -> false),
        arguments);
  }

  /**
   * Serves the resources of a fake API server through a kubeconfig of its own; this machine's own
   * kubeconfig, in files or in the environment, is not read.
   */
  private static void serveResources() throws Exception {
    Vertx vertx = HttpThreads.start();
    Path folder = Files.createTempDirectory("training");
    Path kubeconfig = folder.resolve("kubeconfig");
    LoopbackCertificate certificate = LoopbackCertificate.make(folder);
    try {
      FakeApiServer cluster = FakeApiServer.start(vertx, certificate, NODE);
      Files.writeString(kubeconfig, cluster.kubeconfig(certificate));
      serve(Map.of("KUBECONFIG", kubeconfig.toString()), "--kubernetes");
      Files.delete(kubeconfig);
    } finally {
      certificate.delete();
      Files.delete(folder);
      HttpThreads.stop(vertx);
    }
  }

  private static void serve(Map<String, String> environment, String source) throws Exception {
    RunningServe serve = RunningServe.start(environment, source);
    try {
      awaitReady(serve.http());
      run("broadcast", "--to=" + serve.grpc(), "hello");
      run("status", "--server=" + serve.http());
      Thread.sleep(AT_WORK);
    } finally {
      serve.stop();
    }
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
