package io.pushfanout.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.InterestGrpc;
import io.pushfanout.protocol.v1.RoomsApplied;
import io.pushfanout.protocol.v1.RoomsUpdate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rooms of real nodes, on the wire of gRPC's library. */
@Timeout(60)
class InterestTest {
  private LiveManager manager;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    manager = new LiveManager();
    channel = NettyChannelBuilder.forTarget(manager.grpc()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    manager.close();
  }

  private BroadCastReply send(String room, String body) {
    return PushServerGrpc.newBlockingStub(channel)
        .broadcastToRoom(
            BroadCastRoomReq.newBuilder()
                .setRoomId(room)
                .setProto(Proto.newBuilder().setBody(ByteString.copyFromUtf8(body)))
                .build());
  }

  @Test
  void messagesFollowTheRoomsAndConfirmationsTheUpdates() throws Exception {
    try (Node one = new Node();
        Node two = new Node()) {
      manager.apply(List.of(one.address(), two.address()), s -> s);
      one.awaitStream();
      two.awaitStream();
      one.update(
          u -> u.setVersion(1).setReset(true).addJoin("red").addJoin("größe").setComplete(true));
      two.update(u -> u.setVersion(1).setReset(true).setComplete(true));
      assertThat(one.awaitApplied()).isEqualTo(1);
      assertThat(two.awaitApplied()).isEqualTo(1);
      assertThat(manager.node(one.address()).routing()).isEqualTo(Routing.ROUTED);

      BroadCastReply reply = send("red", "1");
      assertThat(reply.getCode()).isEqualTo("0");
      assertThat(reply.getNodes()).isEqualTo(1);
      assertThat(reply.getSkipped()).isEqualTo(1);
      assertThat(send("größe", "2").getNodes()).isEqualTo(1);
      BroadCastReply nobody = send("blue", "3");
      assertThat(nobody.getCode()).isEqualTo("0");
      assertThat(nobody.getNodes()).isZero();
      await().until(() -> one.received.size() == 2);
      // Calls of two rooms may overtake each other.
      assertThat(one.received).containsExactlyInAnyOrder("1", "2");
      assertThat(two.received).isEmpty();

      two.update(u -> u.setVersion(2).addJoin("blue"));
      assertThat(two.awaitApplied()).isEqualTo(2);
      assertThat(send("blue", "4").getNodes()).isEqualTo(1);
      await().until(() -> two.received.contains("4"));
    }
  }

  @Test
  void aLargeListingIsConfirmedAndCostsLittle() throws Exception {
    try (Node node = new Node()) {
      manager.apply(List.of(node.address()), s -> s);
      node.awaitStream();
      List<String> rooms =
          IntStream.range(0, 900).mapToObj("a-room-of-24-bytes-%05d"::formatted).toList();
      long since = System.nanoTime();
      node.update(u -> u.setVersion(1).setReset(true).addAllJoin(rooms).setComplete(true));
      assertThat(node.awaitApplied()).isEqualTo(1);
      System.out.printf(
          "InterestTest: 900 rooms were confirmed in %d ms%n",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
      assertThat(manager.node(node.address()).rooms()).isEqualTo(900);
    }
  }

  @Test
  void aStreamThatBreaksTheRulesIsCancelledAndOpenedAgain() throws Exception {
    try (Node node = new Node()) {
      manager.apply(List.of(node.address()), s -> s);
      node.awaitStream();
      node.update(u -> u.setVersion(1).setReset(true).addJoin("x".repeat(257)).setComplete(true));
      node.awaitStream();
      assertThat(manager.node(node.address()).routing()).isEqualTo(Routing.EVERYTHING);
      assertThat(manager.node(node.address()).troubles()).hasSize(1);
      node.update(u -> u.setVersion(1).setReset(true).addJoin("red").setComplete(true));
      assertThat(node.awaitApplied()).isEqualTo(1);
      assertThat(manager.node(node.address()).troubles()).isEmpty();
    }
  }

  @Test
  void aRetiredNodesStreamEndsInGoodOrder() throws Exception {
    try (Node node = new Node()) {
      manager.apply(List.of(node.address()), s -> s);
      node.awaitStream();
      manager.apply(List.of(), s -> s);
      assertThat(node.ended.poll(20, TimeUnit.SECONDS)).isEqualTo("half-closed");
    }
  }

  /** A node that lists its rooms. */
  private static final class Node implements AutoCloseable {
    private final Server server;
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final BlockingQueue<StreamObserver<RoomsUpdate>> streams = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> applied = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private @Nullable StreamObserver<RoomsUpdate> stream;

    Node() throws IOException {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(new Push())
              .addService(new Rooms())
              .build()
              .start();
    }

    String address() {
      return "127.0.0.1:" + server.getPort();
    }

    void awaitStream() throws InterruptedException {
      stream = streams.poll(20, TimeUnit.SECONDS);
      assertThat(stream).isNotNull();
    }

    void update(UnaryOperator<RoomsUpdate.Builder> update) {
      requireNonNull(stream).onNext(update.apply(RoomsUpdate.newBuilder()).build());
    }

    Long awaitApplied() throws InterruptedException {
      Long version = applied.poll(20, TimeUnit.SECONDS);
      return version == null ? -1 : version;
    }

    @Override
    public void close() {
      server.shutdownNow();
    }

    private final class Push extends PushServerGrpc.PushServerImplBase {
      @Override
      public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> reply) {
        take(request.getProto(), reply);
      }

      @Override
      public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> reply) {
        take(request.getProto(), reply);
      }

      private void take(Proto proto, StreamObserver<BroadCastReply> reply) {
        received.add(proto.getBody().toStringUtf8());
        reply.onNext(BroadCastReply.getDefaultInstance());
        reply.onCompleted();
      }
    }

    private final class Rooms extends InterestGrpc.InterestImplBase {
      @Override
      public StreamObserver<RoomsApplied> rooms(StreamObserver<RoomsUpdate> updates) {
        streams.add(updates);
        return new StreamObserver<>() {
          @Override
          public void onNext(RoomsApplied value) {
            applied.add(value.getVersion());
          }

          @Override
          public void onError(Throwable t) {
            ended.add("lost");
          }

          @Override
          public void onCompleted() {
            ended.add("half-closed");
            updates.onCompleted();
          }
        };
      }
    }
  }
}
