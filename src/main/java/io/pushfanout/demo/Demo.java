package io.pushfanout.demo;

import com.google.protobuf.ByteString;
import io.pushfanout.app.ServeOptions;
import io.pushfanout.app.Server;
import io.pushfanout.app.Service;
import io.pushfanout.app.Service.Listening;
import io.pushfanout.app.ShutdownSequence;
import io.pushfanout.app.SourceOptions;
import io.pushfanout.auth.AuthMode;
import io.pushfanout.client.BroadcastCaller;
import io.pushfanout.client.BroadcastCaller.CallerException;
import io.pushfanout.client.BroadcastMessage;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.discovery.EtcdRegistration;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import io.pushfanout.node.WatchPage;
import io.pushfanout.node.WatchPage.WatchedNode;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.tracing.TracingOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole flow in one process: three connect-nodes, the fan-out server, and a page that watches
 * them. Broadcasts go through the server's port, like those of other callers.
 */
public final class Demo implements Service {
  private static final int NODES = 3;
  private static final Duration LEASE_TTL = Duration.ofSeconds(10);
  private static final Duration FIND_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration FIND_POLL = Duration.ofMillis(20);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  /** The factory of the connection to the server, called after its start. */
  interface Connector {
    BroadcastCaller connect(NodeAddress server);
  }

  private final String service = "pushfanout-demo-" + ProcessHandle.current().pid();
  private final DemoOptions options;
  private final Connector connector;
  private final ShutdownSequence stopOrder = new ShutdownSequence();
  private final List<ReferenceNode> nodes = new ArrayList<>();
  private volatile @Nullable Server server;
  private volatile @Nullable BroadcastCaller caller;
  private String lastLine = "stopped";

  public Demo(DemoOptions options) {
    this(options, server -> new BroadcastCaller(server, null, null));
  }

  public Demo(DemoOptions options, Connector connector) {
    this.options = options;
    this.connector = connector;
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
      ReferenceNode node =
          new ReferenceNode(new NodeOptions(options.bind(), 0, 0, options.names()));
      node.start();
      stopOrder.push("node", node::close);
      nodes.add(node);
    }
    register();
    List<WatchedNode> watched =
        nodes.stream()
            .map(node -> WatchedNode.atPort(addressOf(node).toString(), node.httpPort()))
            .toList();
    Server started =
        new Server(serveOptions(), new WatchPage(options.bind(), options.names(), () -> watched));
    Listening where = started.start();
    server = started;
    stopOrder.push("server", () -> lastLine = started.stop());
    BroadcastCaller connected =
        connector.connect(new NodeAddress(options.reachable(), where.grpc().port()));
    caller = connected;
    stopOrder.push("caller", connected::close);
    return where;
  }

  /**
   * Registers the nodes under a service of their own: the demo must not broadcast to nodes of other
   * programs.
   */
  private void register() {
    EtcdOptions etcd = options.etcd();
    if (etcd != null) {
      for (ReferenceNode node : nodes) {
        EtcdRegistration registration =
            new EtcdRegistration(etcd, service, addressOf(node), LEASE_TTL);
        registration.start();
        stopOrder.push("registration", registration::close);
      }
    }
  }

  private ServeOptions serveOptions() {
    EtcdOptions etcd = options.etcd();
    return new ServeOptions(
        new ServerOptions(options.bind(), options.grpcPort(), Limits.DEFAULT),
        null,
        false,
        options.httpPort(),
        options.names().hosts(),
        List.of(),
        new SourceOptions(
            etcd == null ? nodes.stream().map(this::addressOf).toList() : List.of(),
            FanoutSettings.DEFAULT,
            new Discovery.Etcd(service, Duration.ZERO),
            null,
            null),
        etcd == null ? EtcdOptions.LOCAL : etcd,
        Map.of(),
        null,
        null,
        TracingOptions.OFF,
        null,
        new AuthMode.None(),
        Duration.ZERO,
        Duration.ofSeconds(10),
        "demo");
  }

  /**
   * Returns when the server has found all nodes.
   *
   * @throws IOException if the server has not found them within 10 s
   */
  void awaitNodes() throws IOException, InterruptedException {
    Server running = server;
    long until = System.nanoTime() + FIND_TIMEOUT.toNanos();
    while (running == null || running.nodes() < NODES) {
      if (System.nanoTime() - until >= 0) {
        throw new IOException("the server did not find the demo's nodes in etcd within 10 s");
      }
      Thread.sleep(FIND_POLL);
    }
  }

  private NodeAddress addressOf(ReferenceNode node) {
    return new NodeAddress(options.reachable(), node.grpcPort());
  }

  /** Returns the WebSocket URI of each node. */
  List<URI> userUris() {
    return nodes.stream()
        .map(
            node ->
                URI.create("ws://" + new NodeAddress(options.reachable(), node.httpPort()) + "/ws"))
        .toList();
  }

  /**
   * Broadcasts to all users, or to a room.
   *
   * @throws CallerException if there is no reply
   */
  BroadCastReply broadcast(@Nullable String room, int op, String body) throws CallerException {
    BroadcastCaller connected = caller;
    if (connected == null) {
      throw new IllegalStateException("the demo is not started");
    }
    return connected.send(
        new BroadcastMessage(room, op, ByteString.copyFromUtf8(body), null), CALL_TIMEOUT);
  }

  @Override
  public void started() {
    Server running = server;
    if (running != null) {
      running.started();
    }
  }

  @Override
  public String stop() {
    stopOrder.stopAll();
    return lastLine;
  }

  @Override
  public String abandon() {
    Server running = server;
    return running == null ? "stopped" : running.abandon();
  }
}
