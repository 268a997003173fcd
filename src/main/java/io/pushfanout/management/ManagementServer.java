package io.pushfanout.management;

import io.pushfanout.model.Causes;
import io.pushfanout.model.ListenException;
import io.pushfanout.model.OwnNames;
import io.pushfanout.tls.LiveTls;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of a server: health, metrics and status, all of it to be read and nothing to be
 * changed.
 *
 * <p>Health is answered on the event loop, whatever else goes on. Metrics and status of a big fleet
 * take long to render, so they have two threads of their own: neither health nor anybody else on
 * the same Vert.x waits for them. {@link #start} and {@link #close} block, and belong to the one
 * thread that starts and stops the program.
 */
public final class ManagementServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
  private static final Duration BIND_TIMEOUT = Duration.ofSeconds(10);

  /** Answers that are under way when the server closes get this long. */
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  /** A client that neither sends nor reads for so long is cut, and its answer's memory freed. */
  private static final int IDLE_SECONDS = 60;

  /** The kernel takes twice as much, of 1,000 clients 128 MiB. */
  private static final int SEND_BUFFER_BYTES = 64 << 10;

  private static final Set<String> TLS_PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

  private final Vertx vertx;
  private final OwnNames names;
  private final int bindPort;
  private final @Nullable LiveTls tls;
  private final Readiness readiness;
  private final Metrics metrics;
  private final StatusReport status;
  private final @Nullable Handler<HttpServerRequest> otherwise;
  private @Nullable Running running;

  private record Running(HttpServer server, WorkerExecutor renderers) {}

  /**
   * @param vertx its owner closes it, after this
   * @param names the host name or address to listen on, and by which metrics and status answer
   * @param port 0 picks a free one
   * @param tls who the server is; it asks no client who it is; null: no TLS
   * @param otherwise gets the requests for all other paths, on an event loop; null answers them
   *     with 404
   */
  public ManagementServer(
      Vertx vertx,
      OwnNames names,
      int port,
      @Nullable LiveTls tls,
      Readiness readiness,
      Metrics metrics,
      StatusReport status,
      @Nullable Handler<HttpServerRequest> otherwise) {
    this.vertx = vertx;
    this.names = names;
    this.bindPort = port;
    this.tls = tls;
    this.readiness = readiness;
    this.metrics = metrics;
    this.status = status;
    this.otherwise = otherwise;
  }

  /**
   * Listens; {@code /livez} is 200 from here on.
   *
   * @throws IOException when the port cannot be bound, with a message that names it
   */
  public void start() throws IOException {
    if (running != null) {
      throw new IllegalStateException("started already");
    }
    WorkerExecutor renderers = vertx.createSharedWorkerExecutor("management", 2);
    HttpServerOptions options =
        new HttpServerOptions()
            // Nobody who comes here needs it, and without it a connection is one request at a time.
            .setHttp2ClearTextEnabled(false)
            // The kernel would keep megabytes for each client that does not read.
            .setSendBufferSize(SEND_BUFFER_BYTES)
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS);
    if (tls != null) {
      options
          .setSsl(true)
          .setKeyCertOptions(KeyCertOptions.wrap(Objects.requireNonNull(tls.keys())))
          .setEnabledSecureTransportProtocols(TLS_PROTOCOLS);
    }
    Pages pages = pages(renderers);
    HttpConnections connections =
        new HttpConnections(
            vertx, HttpConnections.MAX, HttpConnections.OF_ONE_PEER_MAX, HttpConnections.PATIENCE);
    HttpServer server =
        vertx
            .createHttpServer(options)
            .connectionHandler(connections::opened)
            .requestHandler(
                request -> {
                  connections.spoke(request.connection());
                  pages.handle(request);
                });
    try {
      await(server.listen(bindPort, names.bind()), BIND_TIMEOUT);
    } catch (IOException e) {
      renderers.close();
      throw new ListenException(names.bind(), bindPort, "HTTP", e);
    }
    running = new Running(server, renderers);
  }

  private Pages pages(WorkerExecutor renderers) {
    AnswerWriter writer =
        new AnswerWriter(vertx, AnswerWriter.shareOfHeap(), AnswerWriter.PATIENCE);
    return new Pages(vertx, renderers, writer, new HostCheck(names), otherwise)
        .instant("/livez", () -> Answer.line(200, "ok"))
        .instant("/readyz", readiness::answer)
        .rendered("/metrics", MetricsFormat::of, metrics::scrape)
        .rendered("/api/v1/status", _ -> "JSON", _ -> status.answer());
  }

  /** The port that is listened on. */
  public int port() {
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running.server().actualPort();
  }

  /** Stops listening and ends every connection, within seconds. May be called more than once. */
  @Override
  public void close() {
    if (running == null) {
      return;
    }
    try {
      await(running.server().shutdown(CLOSE_GRACE), CLOSE_TIMEOUT);
    } catch (IOException e) {
      LOG.warn("the HTTP port did not close in order: {}", e.getMessage());
    } finally {
      running.renderers().close();
      running = null;
    }
  }

  private static <T> T await(Future<T> future, Duration timeout) throws IOException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(Causes.text(cause), cause);
    } catch (TimeoutException e) {
      throw new IOException("took more than %d s".formatted(timeout.toSeconds()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }
}
