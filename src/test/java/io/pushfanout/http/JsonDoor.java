package io.pushfanout.http;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.management.HttpTls;
import io.pushfanout.management.ManagementServer;
import io.pushfanout.management.Metrics;
import io.pushfanout.management.Readiness;
import io.pushfanout.management.RoomsReport;
import io.pushfanout.management.StatusReport;
import io.pushfanout.model.OriginPattern;
import io.pushfanout.model.OwnNames;
import io.pushfanout.server.RunningServer;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The HTTP port of a real server in front of a fake engine, and a client of it. */
final class JsonDoor implements AutoCloseable {
  final RunningServer running;
  private final Vertx vertx = Vertx.vertx();
  private final Metrics metrics = new Metrics("1.2.3");
  private final HttpClient client = HttpClient.newHttpClient();
  private final ManagementServer http;

  /** Opens a door without access control. */
  JsonDoor(RunningServer running) throws IOException {
    this(running, true, null, List.of());
  }

  /**
   * @param open whether there is no access control
   */
  JsonDoor(RunningServer running, boolean open, @Nullable HttpTls tls, List<String> origins)
      throws IOException {
    this.running = running;
    OwnNames names = new OwnNames("127.0.0.1", List.of());
    http =
        new ManagementServer(
                vertx,
                names,
                0,
                tls,
                new Readiness(() -> true, () -> "", () -> ""),
                metrics,
                new StatusReport("pf-0", () -> true, List::of, List::of),
                null)
            .with(
                BroadcastPage.PATH,
                new BroadcastPage(
                    vertx,
                    running.server.entry(),
                    new BrowserRule(
                        open ? names : null, origins.stream().map(OriginPattern::parse).toList())))
            .withRooms(new RoomsReport(() -> null));
    http.start();
  }

  Totals totals() {
    return running.totals;
  }

  int port() {
    return http.port();
  }

  /** Returns a request for the page, to be changed. */
  HttpRequest.Builder request() {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + http.port() + BroadcastPage.PATH))
        .timeout(Duration.ofSeconds(20))
        .header("Content-Type", "application/json");
  }

  HttpResponse<String> post(String json, String... headers) throws Exception {
    return post(json.getBytes(StandardCharsets.UTF_8), headers);
  }

  HttpResponse<String> post(byte[] json, String... headers) throws Exception {
    HttpRequest.Builder request = request().POST(BodyPublishers.ofByteArray(json));
    return send(headers.length == 0 ? request.build() : request.headers(headers).build());
  }

  HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  /** Sends bytes on a connection of its own. */
  Socket raw(String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  /** Returns the code of an error response. */
  static String code(HttpResponse<String> response) {
    return error(new JsonObject(response.body())).getString("code");
  }

  /** Returns the message of an error response. */
  static String message(HttpResponse<String> response) {
    return error(new JsonObject(response.body())).getString("message");
  }

  static JsonObject error(Object entry) {
    return ((JsonObject) entry).getJsonObject("error");
  }

  static JsonArray list(HttpResponse<String> response) {
    return (JsonArray) Json.decodeValue(response.body());
  }

  @Override
  public void close() throws TimeoutException {
    client.shutdownNow();
    http.close();
    metrics.close();
    vertx.close().await(10, TimeUnit.SECONDS);
    running.close();
  }
}
