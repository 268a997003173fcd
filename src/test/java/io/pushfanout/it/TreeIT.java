package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.PushServerGrpc.PushServerBlockingStub;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.tools.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server with ten servers as its nodes, each of which has ten nodes of its own. Where one is
 * killed, that one is a process.
 */
@Timeout(120)
class TreeIT {
  private static final int CHILDREN = 10;
  private static final int LEAVES = 10;

  /** Bound for promises of a second, with room for other tests on the machine. */
  private static final Duration SOON = Duration.ofSeconds(30);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ScheduledExecutorService ticks = Executors.newScheduledThreadPool(1);
  private final List<List<RoomNode>> leaves = new ArrayList<>();
  private final List<LiveManager> children = new ArrayList<>();
  private LiveManager root;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    for (int child = 0; child < CHILDREN; child++) {
      leaves.add(IntStream.range(0, LEAVES).mapToObj(i -> new RoomNode(loops, i > 0)).toList());
      LiveManager manager = new LiveManager();
      children.add(manager);
      manager.apply(addresses(child), UnaryOperator.identity());
    }
    root = new LiveManager();
    root.apply(children.stream().map(LiveManager::grpc).toList(), UnaryOperator.identity());
    channel = NettyChannelBuilder.forTarget(root.grpc()).usePlaintext().build();
    ticks.scheduleAtFixedRate(this::turn, 0, 1, TimeUnit.SECONDS);
    await().atMost(SOON).until(() -> all().allMatch(leaf -> leaf.openStreams() == 1));
    awaitConnected(children.stream().map(LiveManager::grpc).toList());
  }

  private void awaitConnected(List<String> nodes) {
    await().atMost(SOON).until(() -> nodes.stream().allMatch(each -> root.node(each).connected()));
  }

  private List<String> addresses(int child) {
    return leaves.get(child).stream().map(RoomNode::address).toList();
  }

  private Stream<RoomNode> all() {
    return leaves.stream().flatMap(List::stream);
  }

  private void turn() {
    long now = System.nanoTime();
    all().forEach(leaf -> leaf.turn(now));
  }

  @AfterEach
  void stop() {
    ticks.shutdownNow();
    channel.shutdownNow();
    root.close();
    children.forEach(LiveManager::close);
    all().forEach(RoomNode::close);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private PushServerBlockingStub caller(String... metadata) {
    Metadata headers = new Metadata();
    for (int i = 0; i < metadata.length; i += 2) {
      headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
    }
    return PushServerGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static BroadCastReq message(int id) {
    return BroadCastReq.newBuilder().setProto(Proto.newBuilder().setSeq(id)).build();
  }

  @Test
  void countsAreTrueAtBothLevelsThroughTheRestartOfAChild() {
    String port = "--grpc-port=" + Ports.free();
    try (ServeProcess process = ServeProcess.connected(addresses(0), port)) {
      children.removeFirst().close();
      List<String> nodes = new ArrayList<>(children.stream().map(LiveManager::grpc).toList());
      nodes.add(process.grpc());
      root.apply(nodes, UnaryOperator.identity());
      awaitConnected(nodes);
      BroadCastReply reply =
          caller("pushfanout-wait", "delivered", "pushfanout-message-id", "first")
              .broadcast(message(1));
      assertThat(reply.getCode()).isEqualTo("0");
      assertThat(reply.getNodes()).isEqualTo(CHILDREN);
      assertThat(reply.getDelivered()).as("children that have decided").isEqualTo(CHILDREN);
      awaitReceivedByAll(1);
      assertThat(all().flatMap(leaf -> leaf.messages().messageIds().stream()))
          .as("of the nodes that stream")
          .hasSize(CHILDREN * (LEAVES - 1))
          .containsOnly("first");
      await().atMost(SOON).until(() -> children.stream().allMatch(LiveManager::isQuiet));
      children.forEach(child -> assertThat(child.totals().delivered()).isEqualTo(LEAVES));
      process.awaitIdle();
      assertThat(process.nodes()).allMatch(node -> node.delivered() == 1);
      LedgerCheck.agree(process);

      process.kill();
      broadcastWithout(process.grpc());
    }
    String killed = "127.0.0.1:" + port.substring(port.indexOf('=') + 1);
    try (ServeProcess again = ServeProcess.connected(addresses(0), port)) {
      awaitReceivedByAll(2);
      await().atMost(SOON).until(root::isQuiet);
      NodeLedger ledger = root.node(killed).ledger();
      assertThat(ledger.balances()).isTrue();
      assertThat(ledger.delivered()).isEqualTo(2);
      assertThat(root.totals().delivered()).isEqualTo(2 * CHILDREN);
      again.awaitIdle();
      assertThat(again.nodes()).allMatch(node -> node.delivered() == 1);
      LedgerCheck.agree(again);
    }
  }

  /** Broadcasts while the child is dead; its part waits in the parent's queue. */
  private void broadcastWithout(String child) {
    await().atMost(SOON).until(() -> !root.node(child).connected());
    BroadCastReply reply = caller().broadcast(message(2));
    assertThat(reply.getAccepted()).isEqualTo(CHILDREN);
    assertThat(reply.getWaiting()).as("the killed one").isEqualTo(1);
    await().atMost(SOON).until(() -> children.stream().allMatch(this::hasDeliveredTwo));
    assertThat(leaves.getFirst()).allMatch(leaf -> leaf.messages().count() == 1);
  }

  private boolean hasDeliveredTwo(LiveManager child) {
    return child.totals().delivered() == 2 * LEAVES;
  }

  private void awaitReceivedByAll(int messages) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(all()).allMatch(leaf -> leaf.messages().count() == messages));
  }

  @Test
  void eachChildFollowsTheRoomsOfItsNodes() {
    List<RoomUser> users = new ArrayList<>();
    for (List<RoomNode> nodes : leaves) {
      RoomUser user = new RoomUser(nodes.getLast(), "red");
      nodes.getLast().join(user);
      users.add(user);
    }
    await().atMost(SOON).until(() -> users.stream().allMatch(RoomUser::isConfirmed));

    BroadCastReply reply =
        caller("pushfanout-wait", "delivered")
            .broadcastToRoom(
                BroadCastRoomReq.newBuilder()
                    .setRoomId("red")
                    .setProto(Proto.newBuilder().setSeq(1))
                    .build());

    assertThat(reply.getDelivered()).as("the parent knows no rooms").isEqualTo(CHILDREN);
    assertThat(reply.getSkipped()).isZero();
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(users).allMatch(user -> user.node().messages().count() == 1));
    children.forEach(child -> assertThat(child.totals().skipped()).isEqualTo(LEAVES - 1));
    assertThat(all().mapToLong(leaf -> leaf.messages().count()).sum()).isEqualTo(CHILDREN);
  }

  @Test
  void aChildThatHasItsParentAsANodeIsRefused() {
    LiveManager child = children.getFirst();
    List<String> nodes = new ArrayList<>(addresses(0));
    nodes.add(root.grpc());
    child.apply(nodes, UnaryOperator.identity());
    await().atMost(SOON).until(() -> child.node(root.grpc()).connected());

    assertThat(caller().broadcast(message(1)).getCode()).isEqualTo("0");

    await().atMost(SOON).until(() -> child.loops(root.grpc()));
    awaitReceivedByAll(1);
    await().atMost(SOON).until(child::isQuiet);
    assertThat(root.refused(CallOutcome.INVALID)).isEqualTo(1);
    assertThat(child.node(root.grpc()).ledger().failedTotal()).isEqualTo(1);
    assertThat(child.totals().delivered()).isEqualTo(LEAVES);
  }
}
