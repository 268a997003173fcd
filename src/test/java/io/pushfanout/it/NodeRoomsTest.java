package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.model.FanoutSettings.DeliveryInterest;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import io.pushfanout.node.WebSocketClient;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rooms of users of the reference node, from a WebSocket to the reply of a broadcast. */
@Timeout(60)
class NodeRoomsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final ReferenceNode one = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0));
  private final ReferenceNode two = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0));
  private LiveManager manager;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    one.start();
    two.start();
    manager = new LiveManager();
    channel = NettyChannelBuilder.forTarget(manager.grpc()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    manager.close();
    one.close();
    two.close();
  }

  private static String address(ReferenceNode node) {
    return "127.0.0.1:" + node.grpcPort();
  }

  private void serve(UnaryOperator<SettingsBuilder> settings) {
    manager.apply(List.of(address(one), address(two)), settings);
  }

  private void awaitRouting(Routing routing) {
    await()
        .until(
            () ->
                manager.node(address(one)).routing() == routing
                    && manager.node(address(two)).routing() == routing);
  }

  private static WebSocketClient user(ReferenceNode node) throws IOException {
    return WebSocketClient.connect(URI.create("ws://127.0.0.1:" + node.httpPort() + "/ws"), SOON);
  }

  private BroadCastReply send(String room) {
    return PushServerGrpc.newBlockingStub(channel)
        .broadcastToRoom(
            BroadCastRoomReq.newBuilder()
                .setRoomId(room)
                .setProto(Proto.newBuilder().setBody(ByteString.copyFromUtf8("to " + room)))
                .build());
  }

  @ParameterizedTest
  @EnumSource
  void aMessageGoesToTheNodesWithAUserInItsRoom(DeliveryMode mode) throws Exception {
    serve(settings -> settings.deliveryMode(mode));
    awaitRouting(Routing.ROUTED);
    assertThat(send("user:42").getNodes()).isZero();
    try (WebSocketClient ann = user(one);
        WebSocketClient bob = user(two)) {
      ann.subscribe("user:42");
      BroadCastReply reply = send("user:42");
      assertThat(reply.getNodes()).isEqualTo(1);
      assertThat(reply.getSkipped()).isEqualTo(1);
      assertThat(ann.next(SOON).getString("body")).isEqualTo("to user:42");

      bob.subscribe("user:42");
      assertThat(send("user:42").getNodes()).isEqualTo(2);
      assertThat(bob.next(SOON).getString("roomid")).isEqualTo("user:42");
    }
    await().until(() -> send("user:42").getNodes() == 0);
  }

  @Test
  void withoutInterestEachNodeGetsEveryMessage() throws Exception {
    serve(settings -> settings.deliveryInterest(DeliveryInterest.OFF));
    awaitRouting(Routing.OFF);
    try (WebSocketClient ann = user(one)) {
      ann.subscribe("red");
      assertThat(send("red").getNodes()).isEqualTo(2);
      assertThat(ann.next(SOON).getString("body")).isEqualTo("to red");
    }
  }

  @Test
  void aNodeThatRestartsIsListedAnew() throws Exception {
    serve(settings -> settings);
    awaitRouting(Routing.ROUTED);
    int port = one.grpcPort();
    String address = address(one);
    one.close();
    ReferenceNode again = new ReferenceNode(new NodeOptions("127.0.0.1", port, 0));
    again.start();
    try (WebSocketClient ann = user(again)) {
      ann.subscribe("red");
      await().until(() -> manager.node(address).routing() == Routing.ROUTED);
      assertThat(send("red").getNodes()).isEqualTo(1);
      assertThat(ann.next(SOON).getString("body")).isEqualTo("to red");
    } finally {
      again.close();
    }
  }
}
