package io.pushfanout.node;

import io.pushfanout.model.ListenException;
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
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The side of a node that faces users: {@code /ws} and the page.
 *
 * <p>All of it runs on one event loop, which alone touches {@link Rooms} and {@link User}. The
 * methods here may be called from any other thread.
 */
final class UserServer {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  /** How many looks at who has to be pinged there are from one ping to the next. */
  private static final long BEATS = 25;

  /** Enough for a megabyte a second over 100 ms of network. */
  private static final int SEND_BUFFER_BYTES = 128 << 10;

  private static final Logger log = LoggerFactory.getLogger(UserServer.class);

  private final Vertx vertx;
  private final Context loop;
  private final HttpServer server;
  private final UserOptions options;
  private final WatchPage page;
  private final Rooms rooms;
  private final Handshakes handshakes;
  private final IncomingConnections incoming;

  private UserServer(
      Vertx vertx, UserOptions options, Rooms rooms, Supplier<List<WatchedNode>> nodes) {
    this.vertx = vertx;
    this.options = options;
    this.rooms = rooms;
    this.loop = vertx.getOrCreateContext();
    OwnHosts hosts = options.names().hosts(options.bind());
    this.page = new WatchPage(hosts, nodes);
    this.handshakes = new Handshakes(hosts, options.names().origins(), rooms);
    this.incoming = new IncomingConnections(rooms.limits().maxIncoming());
    this.server =
        vertx
            .createHttpServer(httpOptions(options.idle()))
            .connectionHandler(incoming::opened)
            .requestHandler(this::onRequest);
  }

  /**
   * @param rooms from now on this server's event loop's alone
   * @throws IOException when the port cannot be bound; nothing is left running then
   */
  static UserServer start(UserOptions options, Rooms rooms, Supplier<List<WatchedNode>> nodes)
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
      users.onLoop(users::keepBeating);
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
        .setMaxWebSocketFrameSize(User.MAX_REQUEST_BYTES)
        .setMaxWebSocketMessageSize(User.MAX_REQUEST_BYTES)
        // Compression would make a text's bytes differ from user to user.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setHttp2ClearTextEnabled(false)
        // User takes it away again: a WebSocket may be silent for as long as it likes.
        .setIdleTimeout((int) idle.toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        // The kernel would keep megabytes for each user who does not read.
        .setSendBufferSize(SEND_BUFFER_BYTES)
        .setTcpKeepAlive(true);
  }

  private Future<Void> keepBeating() {
    long every = Math.max(1, Duration.ofNanos(options.pingNanos()).toMillis() / BEATS);
    vertx.setPeriodic(every, _ -> rooms.beat(options.nanoClock().getAsLong()));
    return Future.succeededFuture();
  }

  int port() {
    return server.actualPort();
  }

  /** For any thread. */
  UserLimits limits() {
    return rooms.limits();
  }

  /** The memory of what is delivered, for any thread. */
  TextMemory texts() {
    return rooms.texts();
  }

  /**
   * Hands the text to a room's subscribers, or to everyone when the room is empty, and releases it.
   *
   * @param taken gets the number of users who took it, on the event loop
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
   * The same for some texts, in their order.
   *
   * @param done run on the event loop after the last
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

  /** A text and who gets it: the room's subscribers, or everyone when the room is empty. */
  record RoomText(String room, SharedText text) {}

  /** Says goodbye to the users and stops, within about the time given. */
  void close(Duration timeout) {
    Duration half = timeout.dividedBy(2);
    CompletableFuture<Void> left =
        onLoop(
            () -> {
              Promise<Void> empty = Promise.promise();
              rooms.closeAll(User.GOING_AWAY, "this node is shutting down");
              rooms.whenEmpty(empty::tryComplete);
              return empty.future();
            });
    await(left, half, "users");
    // Vert.x would end the loop and leave the connections of users who do not read open for ever.
    loop.runOnContext(_ -> rooms.disconnectAll());
    // Not on the loop, which ends with it and could not tell.
    await(vertx.close().toCompletionStage().toCompletableFuture(), half, "threads");
  }

  private static void await(CompletableFuture<Void> end, Duration timeout, String what) {
    end.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            e -> {
              log.info("{} did not leave by themselves: {}", what, e.toString());
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
    // A malformed handshake has been answered by Vert.x.
    request.toWebSocket().onSuccess(socket -> join(request, socket));
  }

  private void join(HttpServerRequest request, ServerWebSocket socket) {
    incoming.upgraded(request.connection());
    if (rooms.isFull()) {
      // It was not when this handshake began.
      socket.close((short) User.TRY_AGAIN_LATER, "this node is full");
      return;
    }
    User.join(socket, rooms, new Heartbeat(options.pingNanos(), options.nanoClock().getAsLong()));
  }
}
