package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.v1.InterestGrpc;
import io.pushfanout.protocol.v1.RoomsApplied;
import io.pushfanout.protocol.v1.RoomsUpdate;
import io.pushfanout.tools.Ports;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ReferenceNodeTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final int freePort = Ports.free();
  private final ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, freePort));
  private NodeCaller caller;

  @BeforeEach
  void start() throws IOException {
    node.start();
    caller = new NodeCaller(node.grpcPort());
  }

  @AfterEach
  void stop() {
    caller.close();
    node.close();
  }

  @Test
  void messageWithoutRoomReachesEveryUser() throws Exception {
    try (var ann = user();
        var bob = user()) {
      bob.subscribe("news");

      BroadCastReply reply = caller.broadcast("", "hello");

      JsonObject expected =
          new JsonObject()
              .put("ver", 1)
              .put("op", 5)
              .put("seq", 7)
              .put("roomid", "")
              .put("body", "hello");
      assertThat(ann.next(SOON)).isEqualTo(expected);
      assertThat(bob.next(SOON)).isEqualTo(expected);
      assertThat(reply)
          .isEqualTo(
              BroadCastReply.newBuilder()
                  .setCode("0")
                  .setMsg("OK")
                  .setDesc("Sent to 2 users.")
                  .build());
    }
  }

  @Test
  void messageWithRoomReachesItsSubscribersOnly() throws Exception {
    try (var ann = user();
        var bob = user()) {
      ann.subscribe("news");
      bob.subscribe("sport");

      assertThat(caller.broadcast("news", "for ann").getDesc()).isEqualTo("Sent to 1 user.");
      caller.broadcast("", "for all");

      assertThat(ann.next(SOON).getString("body")).isEqualTo("for ann");
      assertThat(ann.next(SOON).getString("body")).isEqualTo("for all");
      assertThat(bob.next(SOON).getString("body")).isEqualTo("for all");
    }
  }

  @Test
  void roomOfTheRequestOverridesTheRoomOfTheMessage() throws Exception {
    try (var ann = user();
        var bob = user()) {
      ann.subscribe("news");
      bob.subscribe("sport");

      caller.broadcastToRoom("news", NodeCaller.message("sport", "scores"));

      assertThat(ann.next(SOON))
          .isEqualTo(
              new JsonObject(
                  "{'ver':1,'op':5,'seq':7,'roomid':'news','body':'scores'}".replace('\'', '"')));
      assertThatThrownBy(() -> bob.next(Duration.ofMillis(100)))
          .isInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void roomWithoutSubscribersIsOkAndReachesNoUser() {
    assertThat(caller.broadcast("nobody's", "hello").getDesc()).isEqualTo("Sent to 0 users.");
  }

  @Test
  void bodyThatIsNotUtf8TravelsAsBase64() throws Exception {
    byte[] bytes = {(byte) 0xff, (byte) 0xfe, 0, (byte) 0xfb};
    try (var user = user()) {
      caller.broadcast(NodeCaller.message("", ByteString.copyFrom(bytes)));

      JsonObject message = user.next(SOON);
      assertThat(message.containsKey("body")).isFalse();
      assertThat(Base64.getDecoder().decode(message.getString("bodyBase64"))).isEqualTo(bytes);
    }
  }

  @Test
  void bodyKeepsEveryCharacter() throws Exception {
    String body = "\"quoted\" \\ \u0000 \n 日本 🎉 </script>\u2028";
    try (var user = user()) {
      caller.broadcast("", body);

      assertThat(user.next(SOON).getString("body")).isEqualTo(body);
    }
  }

  @Test
  void messageOfManyMegabytesArrives() throws Exception {
    String body = "0123456789abcdef".repeat(512 << 10);
    try (var ann = user();
        var bob = user()) {
      caller.broadcast("", body);

      assertThat(ann.next(SOON).getString("body")).isEqualTo(body);
      assertThat(bob.next(SOON).getString("body")).isEqualTo(body);
    }
  }

  @Test
  void callerWithOneCallAtATimeHasItsMessagesInOrder() throws Exception {
    try (var user = user()) {
      for (int i = 0; i < 500; i++) {
        caller.broadcast(Proto.newBuilder().setSeq(i).build());
      }
      for (int i = 0; i < 500; i++) {
        assertThat(user.next(SOON).getInteger("seq")).isEqualTo(i);
      }
    }
  }

  @Test
  void requestWithoutMessageIsInvalid() {
    assertInvalid(
        () -> caller.stub().broadcast(BroadCastReq.getDefaultInstance()), "proto is missing");
    assertInvalid(
        () ->
            caller.stub().broadcastToRoom(BroadCastRoomReq.newBuilder().setRoomId("news").build()),
        "proto is missing");
  }

  @Test
  void requestToNoRoomIsInvalid() {
    assertInvalid(
        () -> caller.broadcastToRoom("", NodeCaller.message("news", "hello")), "roomId is missing");
  }

  @Test
  void healthIsServing() {
    for (String service : new String[] {"", "protocol.PushServer"}) {
      assertThat(
              HealthGrpc.newBlockingStub(caller.channel)
                  .check(HealthCheckRequest.newBuilder().setService(service).build())
                  .getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void reflectionNamesTheService() throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> ask =
        ServerReflectionGrpc.newStub(caller.channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable t) {
                    answer.completeExceptionally(t);
                  }

                  @Override
                  public void onCompleted() {}
                });
    ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(answer.get(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "protocol.PushServer",
            "grpc.health.v1.Health",
            "grpc.reflection.v1alpha.ServerReflection");
    ask.onCompleted();
  }

  @Test
  void closeSendsCloseFramesToUsersAndRunsOnce() throws Exception {
    try (var user = user()) {
      node.close();
      node.close();

      assertThatThrownBy(() -> user.next(SOON))
          .isInstanceOf(IOException.class)
          .hasMessage("the node closed the connection with 1001 this node is shutting down");
    }
    Ports.awaitFree(freePort);
    assertThatThrownBy(node::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void takenPortIsNamedAndLeavesNothingBehind() throws Exception {
    int httpPort = Ports.free();
    try (var other = new ReferenceNode(new NodeOptions("127.0.0.1", node.grpcPort(), httpPort))) {
      assertThatThrownBy(other::start)
          .isInstanceOf(IOException.class)
          .hasMessage(
              "cannot listen on 127.0.0.1:%d for gRPC: address already in use", node.grpcPort());
    }
    Ports.awaitFree(httpPort);
    try (var other = new ReferenceNode(new NodeOptions("127.0.0.1", 0, node.httpPort()))) {
      assertThatThrownBy(other::start)
          .isInstanceOf(IOException.class)
          .hasMessage(
              "cannot listen on 127.0.0.1:%d for HTTP: address already in use", node.httpPort());
    }
  }

  @Test
  void subscriptionIsAnsweredWhenEachProcessHasAppliedIt() throws Exception {
    try (Rooms process = new Rooms(node.grpcPort());
        var ann = user()) {
      assertThat(process.next().getComplete()).isTrue();
      process.apply();
      var answer = CompletableFuture.supplyAsync(() -> ask(ann, "{\"subscribe\":[\"red\"]}"));
      assertThat(process.next().getJoinList()).containsExactly("red");
      assertThat(answer).isNotDone();
      process.apply();
      assertThat(answer.get().encode()).isEqualTo("{\"subscribed\":[\"red\"]}");
      assertThat(ask(ann, "{\"unsubscribe\":[\"red\"]}").encode()).isEqualTo("{\"subscribed\":[]}");
      assertThat(process.next().getLeaveList()).containsExactly("red");
    }
  }

  @Test
  void subscriptionThatAProcessDoesNotApplyIsPending() throws Exception {
    try (Rooms process = new Rooms(node.grpcPort());
        var ann = user()) {
      process.next();
      process.apply();
      assertThat(ask(ann, "{\"subscribe\":[\"red\"]}").encode())
          .isEqualTo("{\"subscribed\":[\"red\"],\"pending\":true}");
      process.next();
      process.apply();
      // The second answer to the subscription comes before that to the next request.
      assertThat(ask(ann, "{\"unsubscribe\":[\"none\"]}").encode())
          .isEqualTo("{\"subscribed\":[\"red\"]}");
    }
  }

  @Test
  void aProcessWithABrokenConnectionIsWaitedFor() throws Exception {
    try (Rooms process = new Rooms(node.grpcPort());
        var ann = user()) {
      process.next();
      process.apply();
      process.channel.shutdownNow().awaitTermination(SOON.toSeconds(), TimeUnit.SECONDS);
      assertThat(ask(ann, "{\"subscribe\":[\"red\"]}").encode())
          .isEqualTo("{\"subscribed\":[\"red\"],\"pending\":true}");
    }
  }

  private static JsonObject ask(WebSocketClient user, String request) {
    try {
      return user.ask(request);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A process that reads the node's rooms. */
  private static final class Rooms implements StreamObserver<RoomsUpdate>, AutoCloseable {
    private final BlockingQueue<RoomsUpdate> updates = new LinkedBlockingQueue<>();
    private final ManagedChannel channel;
    private final StreamObserver<RoomsApplied> applied;
    private long last;

    Rooms(int port) {
      channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      applied = InterestGrpc.newStub(channel).rooms(this);
    }

    /** Returns the next update with a change. */
    RoomsUpdate next() throws InterruptedException {
      RoomsUpdate update = updates.poll(SOON.toSeconds(), TimeUnit.SECONDS);
      last = update.getVersion();
      boolean changes = update.getReset() || update.getJoinCount() + update.getLeaveCount() > 0;
      return changes ? update : next();
    }

    void apply() {
      applied.onNext(RoomsApplied.newBuilder().setVersion(last).build());
    }

    @Override
    public void onNext(RoomsUpdate update) {
      updates.add(update);
    }

    @Override
    public void onError(Throwable broken) {}

    @Override
    public void onCompleted() {}

    @Override
    public void close() {
      applied.onCompleted();
      channel.shutdownNow();
    }
  }

  private WebSocketClient user() throws IOException {
    return connect(node.httpPort());
  }

  private static WebSocketClient connect(int port) throws IOException {
    return WebSocketClient.connect(URI.create("ws://127.0.0.1:" + port + "/ws"), SOON);
  }

  private static void assertInvalid(Runnable call, String description) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).isEqualTo(description);
            });
  }
}
