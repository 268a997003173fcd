package io.pushfanout.node;

import io.pushfanout.model.ListenException;
import io.pushfanout.node.WatchPage.WatchedNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of a node for its users: {@code /ws} and the page.
 *
 * <p>All of it runs on one event loop, which alone accesses {@link RoomRegistry} and {@link
 * WebSocketSession}. The methods here may be called from any other thread.
 */
final class UserServer {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  /** Number of heartbeat checks in one ping interval. */
  private static final long BEATS = 25;

  /** Bytes of a send buffer, enough for a megabyte a second at a network latency of 100 ms. */
  private static final int SEND_BUFFER_BYTES = 128 << 10;

  private static final Logger log = LoggerFactory.getLogger(UserServer.class);

  private final Vertx vertx;
  private final Context loop;
  private final HttpServer server;
  private final UserOptions options;
  private final WatchPage page;
  private final RoomRegistry rooms;
  private final Handshakes handshakes;
  private final IncomingConnections incoming;

  private UserServer(
      Vertx vertx, UserOptions options, RoomRegistry rooms, Supplier<List<WatchedNode>> nodes) {
    this.vertx = vertx;
    this.options = options;
    this.rooms = rooms;
    this.loop = vertx.getOrCreateContext();
    // A handler of the channel, such as one that evicts a user, has no context of Vert.x.
    rooms.runOn(
        (delay, task) -> loop.runOnContext(_ -> vertx.setTimer(delay.toMillis(), _ -> task.run())));
    AllowedHosts hosts = options.names().hosts(options.bind());
    this.page = new WatchPage(hosts, nodes);
    this.handshakes = new Handshakes(hosts, new Origins(options.names().origins()), rooms);
    this.incoming = new IncomingConnections(rooms.limits().maxIncoming());
    this.server =
        vertx
            .createHttpServer(httpOptions(options.idle()))
            .connectionHandler(incoming::opened)
            .requestHandler(this::onRequest);
  }

  /**
   * @param rooms from now on used by this server's event loop only
   * @throws IOException when the port cannot be bound; nothing is left running then
   */
  static UserServer start(
      UserOptions options, RoomRegistry rooms, Supplier<List<WatchedNode>> nodes)
      throws IOException {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    UserServer users = new UserServer(vertx, options, rooms, nodes);
    String host = options.bind();
    int port = options.port();
    try {
      users
          .onLoop(() -> users.server.listen(port, host))
          .get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      users.onLoop(users::checkHeartbeats);
      return users;
    } catch (ExecutionException e) {
      vertx.close();
      throw new ListenException(host, port, "HTTP", e);
    } catch (TimeoutException e) {
      vertx.close();
      throw new ListenException(host, port, "HTTP", "it takes too long", e);
    } catch (InterruptedException e) {
      vertx.close();
      Thread.currentThread().interrupt();
      throw new ListenException(host, port, "HTTP", "interrupted", e);
    }
  }

  private static HttpServerOptions httpOptions(Duration idle) {
    return new HttpServerOptions()
        .setMaxWebSocketFrameSize(WebSocketSession.MAX_REQUEST_BYTES)
        .setMaxWebSocketMessageSize(WebSocketSession.MAX_REQUEST_BYTES)
        // Compression would make a text's bytes differ between users.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setHttp2ClearTextEnabled(false)
        // User removes this timeout: a WebSocket may be silent without a limit.
        .setIdleTimeout((int) idle.toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        // The kernel would buffer megabytes for each user that does not read.
        .setSendBufferSize(SEND_BUFFER_BYTES)
        .setTcpKeepAlive(true);
  }

  private Future<Void> checkHeartbeats() {
    long every = Math.max(1, Duration.ofNanos(options.pingNanos()).toMillis() / BEATS);
    vertx.setPeriodic(every, _ -> rooms.beat(options.nanoClock().getAsLong()));
    return Future.succeededFuture();
  }

  int port() {
    return server.actualPort();
  }

  /** Returns the limits, for any thread. */
  UserLimits limits() {
    return rooms.limits();
  }

  /** Returns the memory of delivered texts, for any thread. */
  TextMemory texts() {
    return rooms.texts();
  }

  /**
   * Hands the text to a room's subscribers, or to every user when the room is empty, and releases
   * it.
   *
   * @param taken gets the number of users that accepted the text, on the event loop
   */
  void deliver(String room, SharedText text, IntConsumer taken) {
    loop.runOnContext(
        _ -> {
          int users;
          try {
            users = rooms.deliver(room, text);
          } finally {
            text.release();
          }
          taken.accept(users);
        });
  }

  /**
   * Hands several texts to their users, in order.
   *
   * @param done run on the event loop after the last text
   */
  void deliver(List<RoomText> texts, Runnable done) {
    loop.runOnContext(
        _ -> {
          for (RoomText each : texts) {
            try {
              rooms.deliver(each.room(), each.text());
            } finally {
              each.text().release();
            }
          }
          done.run();
        });
  }

  /** Runs a task on the listings of the rooms, on the event loop, in the order of the calls. */
  void listings(Consumer<RoomListings> task) {
    loop.runOnContext(_ -> task.accept(rooms.listings()));
  }

  /** A text and its recipients: the room's subscribers, or every user when the room is empty. */
  record RoomText(String room, SharedText text) {}

  /** Closes the users' sessions and stops, within about the given time. */
  void close(Duration timeout) {
    Duration half = timeout.dividedBy(2);
    CompletableFuture<Void> left =
        onLoop(
            () -> {
              Promise<Void> empty = Promise.promise();
              rooms.closeAll(WebSocketSession.GOING_AWAY, "this node is shutting down");
              rooms.whenEmpty(empty::tryComplete);
              return empty.future();
            });
    await(left, half, "users");
    // Vert.x would end the loop and leave the connections of users that do not read open forever.
    loop.runOnContext(_ -> rooms.disconnectAll());
    // The wait is on this thread: the loop ends with Vert.x and could not report its end.
    await(vertx.close().toCompletionStage().toCompletableFuture(), half, "threads");
  }

  private static void await(CompletableFuture<Void> end, Duration timeout, String what) {
    end.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            e -> {
              log.info("{} did not end in time: {}", what, e.toString());
              return null;
            })
        .join();
  }

  private <T> CompletableFuture<T> onLoop(Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    loop.runOnContext(_ -> work.get().onComplete(promise));
    return promise.future().toCompletionStage().toCompletableFuture();
  }

  private void onRequest(HttpServerRequest request) {
    if (!"/ws".equals(request.path())) {
      page.handle(request);
      return;
    }
    if (!handshakes.accepts(request)) {
      return;
    }
    // Vert.x has answered a malformed handshake itself.
    request.toWebSocket().onSuccess(socket -> join(request, socket));
  }

  private void join(HttpServerRequest request, ServerWebSocket socket) {
    incoming.upgraded(request.connection());
    if (rooms.isFull()) {
      // The node became full after this handshake began.
      socket.close((short) WebSocketSession.TRY_AGAIN_LATER, "this node is full");
      return;
    }
    WebSocketSession.join(
        socket, rooms, new Heartbeat(options.pingNanos(), options.nanoClock().getAsLong()));
  }
}
