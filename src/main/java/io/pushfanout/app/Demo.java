package io.pushfanout.app;

import com.google.protobuf.ByteString;
import io.pushfanout.caller.BroadcastCaller;
import io.pushfanout.caller.CallerException;
import io.pushfanout.caller.Message;
import io.pushfanout.caller.ReplyText;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import io.pushfanout.node.WatchPage;
import io.pushfanout.node.WatchedNode;
import io.pushfanout.protocol.BroadCastReply;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The whole flow in one process: three connect-nodes, the fan-out server, and a page that watches
 * them. Broadcasts go over the server's port, as everybody's do.
 */
final class Demo implements Service {
  private static final int NODES = 3;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final DemoOptions options;
  private final StopOrder stopOrder = new StopOrder();
  private final List<ReferenceNode> nodes = new ArrayList<>();
  private volatile @Nullable Server server;
  private volatile @Nullable BroadcastCaller caller;

  Demo(DemoOptions options) {
    this.options = options;
  }

  @Override
  public Listening start() throws Exception {
    try {
      return startParts();
    } catch (Exception e) {
      stopOrder.stopAll();
      throw e;
    }
  }

  private Listening startParts() throws Exception {
    for (int i = 0; i < NODES; i++) {
      ReferenceNode node = new ReferenceNode(new NodeOptions(options.bind(), 0, 0));
      node.start();
      stopOrder.push("node", node::close);
      nodes.add(node);
    }
    List<WatchedNode> watched =
        nodes.stream()
            .map(node -> WatchedNode.atPort(addressOf(node).toString(), node.httpPort()))
            .toList();
    Server started =
        new Server(serveOptions(), new WatchPage(options.bind(), () -> watched, this::broadcast));
    Listening where = started.start();
    server = started;
    BroadcastCaller connected =
        new BroadcastCaller(new NodeAddress(options.reachable(), where.grpc().port()));
    caller = connected;
    stopOrder.push("caller", connected::close);
    return where;
  }

  private ServeOptions serveOptions() {
    return new ServeOptions(
        options.bind(),
        options.grpcPort(),
        options.httpPort(),
        nodes.stream().map(this::addressOf).toList(),
        FanoutSettings.DEFAULT,
        null,
        io.pushfanout.server.ServerOptions.DEFAULT_MAX_MESSAGE_SIZE,
        Duration.ZERO,
        Duration.ofSeconds(10),
        "demo");
  }

  private NodeAddress addressOf(ReferenceNode node) {
    return new NodeAddress(options.reachable(), node.grpcPort());
  }

  /** Where the users of each node connect. */
  List<URI> userUris() {
    return nodes.stream()
        .map(
            node ->
                URI.create("ws://" + new NodeAddress(options.reachable(), node.httpPort()) + "/ws"))
        .toList();
  }

  /**
   * Broadcasts to everybody, or to a room.
   *
   * @throws CallerException when there is no reply
   */
  BroadCastReply broadcast(@Nullable String room, int op, String body) throws CallerException {
    BroadcastCaller connected = caller;
    if (connected == null) {
      throw new IllegalStateException("the demo is not started");
    }
    return connected.send(
        new Message(room, op, ByteString.copyFromUtf8(body), null, List.of()), CALL_TIMEOUT);
  }

  /** For the page, which must not be blocked. */
  private CompletionStage<String> broadcast(WatchPage.Message message) {
    CompletableFuture<String> reply = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("demo-broadcast")
        .start(
            () -> {
              String room = message.room().isEmpty() ? null : message.room();
              try {
                reply.complete(ReplyText.json(broadcast(room, message.op(), message.body())));
              } catch (CallerException | RuntimeException e) {
                reply.completeExceptionally(e);
              }
            });
    return reply;
  }

  @Override
  public String stop() {
    Server running = server;
    String lastLine = running == null ? "stopped" : running.stop();
    stopOrder.stopAll();
    return lastLine;
  }

  @Override
  public String abandon() {
    Server running = server;
    return running == null ? "stopped" : running.abandon();
  }
}
