package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.pushfanout.conformance.CheckOptions;
import io.pushfanout.conformance.CheckResult;
import io.pushfanout.conformance.NodeCheck;
import io.pushfanout.conformance.OptionalService;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.InterestGrpc;
import io.pushfanout.protocol.v1.RoomsApplied;
import io.pushfanout.protocol.v1.RoomsUpdate;
import io.pushfanout.tools.GoProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The connect-nodes of docs/connect-nodes.md, built and run unchanged. */
@ResourceLock(EtcdServer.CLIENTS)
class ExamplesIT {
  private static final Duration LEASE_AND_MORE = Duration.ofSeconds(30);
  private static final long BUILD_MINUTES = 5;
  private static final String ID = "0b7c-41";

  @TempDir private Path dir;

  @Test
  void theOneInGoServesAndRegistersAndLeaves() throws Exception {
    try (EtcdServer etcd = EtcdServer.started()) {
      servesRegistersAndLeaves(
          etcd,
          List.of(
              GoProgram.EXAMPLE.path().toString(),
              "-listen",
              "127.0.0.1:0",
              "-etcd",
              etcd.endpoint(),
              "-rooms",
              "lobby,größe"),
          true,
          0);
    }
  }

  @Test
  void theOneInJavaServesAndRegistersAndLeaves() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    // The example's pom.xml names the same libraries; ExamplesTest checks that.
    String libraries = System.getProperty("java.class.path");
    run(
        Path.of("examples", "connect-node-java", "src", "main", "java"),
        List.of(
            java + "/javac",
            "-proc:none",
            "-d",
            dir.toString(),
            "-cp",
            libraries,
            "ConnectNode.java",
            "RecentMessages.java",
            "Rooms.java"));

    try (EtcdServer etcd = EtcdServer.started()) {
      servesRegistersAndLeaves(
          etcd,
          List.of(
              java + "/java",
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-cp",
              dir + ":" + libraries,
              "ConnectNode",
              "127.0.0.1",
              "0",
              etcd.endpoint(),
              "lobby",
              "größe"),
          false,
          143);
    }
  }

  private void servesRegistersAndLeaves(
      EtcdServer etcd, List<String> command, boolean streams, int exitCode) throws Exception {
    Path said = dir.resolve("said");
    Process node =
        new ProcessBuilder(command)
            .redirectOutput(said.toFile())
            .redirectError(dir.resolve("complaints").toFile())
            .start();
    Found found = new Found();
    try (EtcdDiscovery discovery =
        new EtcdDiscovery(EtcdOptions.parse(List.of(etcd.endpoint())), found)) {
      discovery.setServices(Set.of("connect-node"));
      NodeAddress address =
          found
              .awaitLast("connect-node", told -> told.nodes().size() == 1)
              .nodes()
              .iterator()
              .next();
      assertThat(roomsOf(address)).containsExactly("lobby", "größe");
      broadcastTo(address);
      String plain = "all: hello\nroom lobby: hello";
      String heard = plain + "\nall: once\nall: other bytes";
      if (streams) {
        streamTo(address);
        heard += "\n" + plain;
      }
      long lines = heard.lines().count();
      await().atMost(Found.LIMIT).until(() -> Files.readString(said).lines().count() == lines);
      assertThat(said).hasContent(heard);
      CheckResult checked = new NodeCheck(checkOf(address, streams)).run(_ -> {}, _ -> {});
      assertThat(checked.passed()).as(checked.json()).isTrue();

      etcd.delete("/services/connect-node/" + address);
      found.first("connect-node", told -> told.nodes().isEmpty());
      found.awaitNodes("connect-node", Set.of(address.toString()), LEASE_AND_MORE);

      long before = System.nanoTime();
      node.destroy();
      found.awaitNodes("connect-node", Set.of());
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .as("left, rather than let its lease end")
          .isLessThan(Duration.ofSeconds(5));
      assertThat(node.waitFor(LEASE_AND_MORE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(node.exitValue()).isEqualTo(exitCode);
    } finally {
      node.destroyForcibly();
    }
  }

  private static CheckOptions checkOf(NodeAddress address, boolean streams) {
    Set<OptionalService> required =
        streams ? EnumSet.allOf(OptionalService.class) : EnumSet.of(OptionalService.INTEREST);
    return new CheckOptions(address, null, "lobby", "check", Duration.ofSeconds(5), required);
  }

  private static BroadCastReq toAll(String body) {
    return BroadCastReq.newBuilder()
        .setProto(Proto.newBuilder().setBody(ByteString.copyFromUtf8(body)))
        .build();
  }

  /** Reads the rooms as PushFanout does, and the update that shows that the node is there. */
  private static List<String> roomsOf(NodeAddress address) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(address.toString()).usePlaintext().build();
    BlockingQueue<RoomsUpdate> updates = new LinkedBlockingQueue<>();
    CountDownLatch ended = new CountDownLatch(1);
    try {
      StreamObserver<RoomsApplied> applied =
          InterestGrpc.newStub(channel)
              .rooms(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(RoomsUpdate update) {
                      updates.add(update);
                    }

                    @Override
                    public void onError(Throwable broken) {}

                    @Override
                    public void onCompleted() {
                      ended.countDown();
                    }
                  });
      RoomsUpdate first = updates.poll(10, TimeUnit.SECONDS);
      assertThat(first.getVersion()).isEqualTo(1);
      assertThat(first.getReset() && first.getComplete()).isTrue();
      applied.onNext(RoomsApplied.newBuilder().setVersion(1).build());
      assertThat(updates.poll(10, TimeUnit.SECONDS))
          .isEqualTo(RoomsUpdate.newBuilder().setVersion(2).build());
      applied.onCompleted();
      assertThat(ended.await(10, TimeUnit.SECONDS)).as("the node ends the stream").isTrue();
      return first.getJoinList();
    } finally {
      channel.shutdownNow();
    }
  }

  private static void broadcastTo(NodeAddress address) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port()).usePlaintext().build();
    try {
      Proto hello = Proto.newBuilder().setBody(ByteString.copyFromUtf8("hello")).build();
      PushServerGrpc.PushServerBlockingStub stub =
          PushServerGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
      assertThat(stub.broadcast(toAll("hello")).getCode()).isEqualTo("0");
      assertThat(
              stub.broadcastToRoom(
                      BroadCastRoomReq.newBuilder().setRoomId("lobby").setProto(hello).build())
                  .getCode())
          .isEqualTo("0");
      Metadata id = new Metadata();
      id.put(Metadata.Key.of("pushfanout-message-id", Metadata.ASCII_STRING_MARSHALLER), ID);
      PushServerGrpc.PushServerBlockingStub withId =
          stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(id));
      for (String body : List.of("once", "once", "other bytes", "once")) {
        assertThat(withId.broadcast(toAll(body)).getCode()).isEqualTo("0");
      }
    } finally {
      channel.shutdownNow();
    }
  }

  private static void streamTo(NodeAddress address) throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port()).usePlaintext().build();
    try {
      Proto hello = Proto.newBuilder().setBody(ByteString.copyFromUtf8("hello")).build();
      BlockingQueue<DeliverResponse> responses = new LinkedBlockingQueue<>();
      StreamObserver<DeliverRequest> stream =
          DeliveryGrpc.newStub(channel)
              .deliver(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(DeliverResponse response) {
                      responses.add(response);
                    }

                    @Override
                    public void onError(Throwable error) {}

                    @Override
                    public void onCompleted() {}
                  });
      stream.onNext(
          DeliverRequest.newBuilder()
              .addEnvelopes(Envelope.newBuilder().setBroadcast(toAll("hello").toByteString()))
              .addEnvelopes(Envelope.newBuilder().setBroadcast(ByteString.fromHex("ff")))
              .addEnvelopes(
                  Envelope.newBuilder().setMessageId(ID).setBroadcast(toAll("once").toByteString()))
              .addEnvelopes(
                  Envelope.newBuilder()
                      .setBroadcastToRoom(
                          BroadCastRoomReq.newBuilder()
                              .setRoomId("lobby")
                              .setProto(hello)
                              .build()
                              .toByteString()))
              .build());
      stream.onCompleted();
      DeliverResponse response = responses.poll(20, TimeUnit.SECONDS);
      assertThat(response).isNotNull();
      assertThat(response.getAcknowledged()).isEqualTo(4);
      assertThat(response.getFailuresList())
          .singleElement()
          .satisfies(
              failure -> {
                assertThat(failure.getIndex()).isEqualTo(1);
                assertThat(failure.getCode()).isEqualTo(3);
              });
    } finally {
      channel.shutdownNow();
    }
  }

  private static void run(Path where, List<String> command) throws IOException {
    Process build =
        new ProcessBuilder(new ArrayList<>(command))
            .directory(where.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(build.onExit().orTimeout(BUILD_MINUTES, TimeUnit.MINUTES).join().exitValue())
        .as(said)
        .isZero();
  }
}
