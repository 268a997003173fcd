package io.pushfanout.management;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.management.page.LivePage;
import io.pushfanout.management.page.PageData;
import io.pushfanout.model.ListenException;
import io.pushfanout.model.OwnNames;
import io.pushfanout.text.Causes;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server for health, metrics, status and the live page, which are read-only, and for the
 * pages that others add.
 *
 * <p>Health is answered on the event loop, independently of other requests. Metrics and status of a
 * big fleet take long to render, so they have two threads of their own: they delay neither health
 * nor other users of the same Vert.x. {@link #start} and {@link #close} block, and belong to the
 * one thread that starts and stops the program.
 */
public final class ManagementServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
  private static final Duration BIND_TIMEOUT = Duration.ofSeconds(10);

  /** Time limit of the responses that are in transfer when the server closes. */
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  /**
   * Seconds without sending or reading after which a client is disconnected and its response's
   * memory freed. A broadcast with a receipt waits silently for 60 s.
   */
  private static final int IDLE_SECONDS = 75;

  /**
   * Bytes of a connection's send buffer. The kernel takes twice as much: 128 MiB for 1,000 clients.
   */
  private static final int SEND_BUFFER_BYTES = 64 << 10;

  private final Vertx vertx;
  private final OwnNames names;
  private final int bindPort;
  private final @Nullable HttpTls tls;
  private final Map<String, Endpoint> endpoints = new TreeMap<>();
  private final Readiness readiness;
  private final Metrics metrics;
  private final StatusReport status;
  private final @Nullable Handler<HttpServerRequest> otherwise;
  private @Nullable RoomsReport rooms;
  private @Nullable PageParts pageParts;
  private @Nullable Running running;

  private record Running(HttpServer server, WorkerExecutor renderers, @Nullable LivePage page) {}

  private record PageParts(Totals totals, PageData data) {}

  /**
   * @param vertx its owner closes it, after this server
   * @param names the host name or address to listen on, and the host names accepted for metrics and
   *     status
   * @param port 0 picks a free one
   * @param tls null: no TLS
   * @param otherwise gets the requests for all other paths, on an event loop; null answers them
   *     with 404
   */
  public ManagementServer(
      Vertx vertx,
      OwnNames names,
      int port,
      @Nullable HttpTls tls,
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

  /** Adds a page that handles its requests itself. To be called before the start. */
  public ManagementServer with(String path, Endpoint page) {
    endpoints.put(path, page);
    return this;
  }

  /** Adds the page of rooms. To be called before the start. */
  public ManagementServer withRooms(RoomsReport report) {
    rooms = report;
    return this;
  }

  /**
   * Adds the live page: {@code /}, or {@code /live} where another handler has the other paths. To
   * be called before the start.
   *
   * @param totals the counts of its charts
   */
  public ManagementServer withPage(Totals totals, PageData data) {
    pageParts = new PageParts(totals, data);
    return this;
  }

  /**
   * Starts to listen; {@code /livez} returns 200 from here on.
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
            // Probes and scrapers do not need HTTP/2; without it a connection has one request at a
            // time.
            .setHttp2ClearTextEnabled(false)
            // The kernel would buffer megabytes for each client that does not read.
            .setSendBufferSize(SEND_BUFFER_BYTES)
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS);
    if (tls != null) {
      tls.addTo(options);
    }
    LivePage page = page(renderers);
    Pages pages = pages(renderers, page);
    HttpConnections connections =
        new HttpConnections(
            vertx, HttpConnections.MAX, HttpConnections.OF_ONE_PEER_MAX, HttpConnections.PATIENCE);
    HttpServer server =
        vertx
            .createHttpServer(options)
            .connectionHandler(connections::opened)
            .requestHandler(
                request -> {
                  connections.onRequest(request.connection());
                  pages.handle(request);
                });
    try {
      await(server.listen(bindPort, names.bind()), BIND_TIMEOUT);
    } catch (IOException e) {
      close(page);
      renderers.close();
      throw new ListenException(names.bind(), bindPort, "HTTP", e);
    }
    running = new Running(server, renderers, page);
  }

  private @Nullable LivePage page(WorkerExecutor renderers) {
    return pageParts == null
        ? null
        : new LivePage(
            vertx,
            renderers,
            status::status,
            readiness::line,
            pageParts.totals(),
            pageParts.data());
  }

  private Pages pages(WorkerExecutor renderers, @Nullable LivePage page) {
    AnswerWriter writer =
        new AnswerWriter(vertx, AnswerWriter.shareOfHeap(), AnswerWriter.PATIENCE);
    Pages pages =
        new Pages(vertx, renderers, writer, new HostCheck(names), otherwise)
            .instant("/livez", () -> Answer.line(200, "ok"))
            .instant("/readyz", readiness::answer)
            .rendered("/metrics", MetricsFormat::of, metrics::scrape)
            .rendered("/api/v1/status", _ -> "JSON", _ -> status.answer());
    if (rooms != null) {
      pages.queried("/api/v1/rooms", rooms::answer);
    }
    endpoints.forEach(pages::endpoint);
    return page == null
        ? pages
        : pages
            .handled(LivePage.EVENTS, page::events)
            .handled(otherwise == null ? "/" : "/live", page::page)
            .parts(page.files());
  }

  private static void close(@Nullable LivePage page) {
    if (page != null) {
      page.close();
    }
  }

  /** Returns the port of the listening socket. */
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
    close(running.page());
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
