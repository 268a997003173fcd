package io.pushfanout.app;

import io.pushfanout.auth.AuthMode;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.http.BroadcastPage;
import io.pushfanout.http.BrowserRule;
import io.pushfanout.management.HttpTls;
import io.pushfanout.management.ManagementServer;
import io.pushfanout.management.Metrics;
import io.pushfanout.management.Readiness;
import io.pushfanout.management.RoomsReport;
import io.pushfanout.management.StatusReport;
import io.pushfanout.management.page.PageData;
import io.pushfanout.model.OwnNames;
import io.pushfanout.server.BroadcastEntry;
import io.pushfanout.tls.ReloadingTlsContext;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Starts the HTTP port of a server: health, metrics, status, live page, broadcasts by JSON. */
final class HttpPart {
  private HttpPart() {}

  /**
   * Starts the port, and adds it to the stop order.
   *
   * @param callers TLS files of the callers' port; null: plaintext
   * @param totals the counts of the live page's charts
   * @param otherPaths handles requests for paths that the server does not serve
   */
  static ManagementServer start(
      ServeOptions options,
      @Nullable ReloadingTlsContext callers,
      Readiness readiness,
      Metrics metrics,
      StatusReport status,
      BroadcastEntry broadcasts,
      Totals totals,
      RoomsReport rooms,
      PageData page,
      @Nullable Handler<HttpServerRequest> otherPaths,
      ShutdownSequence stopOrder)
      throws IOException {
    Vertx vertx = HttpThreads.start();
    stopOrder.push("HTTP threads", () -> HttpThreads.stop(vertx));
    String bind = options.callers().bind();
    boolean mtls = options.authMode() instanceof AuthMode.Mtls;
    boolean open = options.authMode() instanceof AuthMode.None;
    ManagementServer http =
        new ManagementServer(
                vertx,
                OwnAddresses.names(bind, options.hosts()),
                options.httpPort(),
                options.httpTls() && callers != null ? new HttpTls(callers, mtls) : null,
                readiness,
                metrics,
                status,
                otherPaths)
            .with(
                BroadcastPage.PATH,
                new BroadcastPage(
                    vertx,
                    broadcasts,
                    new BrowserRule(
                        open ? new OwnNames(bind, options.hosts()) : null, options.origins())))
            .withRooms(rooms)
            .withPage(totals, page);
    http.start();
    stopOrder.push("HTTP", http::close);
    return http;
  }
}
