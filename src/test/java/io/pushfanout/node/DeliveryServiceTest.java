package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Failure;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reference node's streams, called by gRPC's own client. */
class DeliveryServiceTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String OVER = "over";

  private final ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0));
  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
  private NodeCaller caller;
  private StreamObserver<DeliverRequest> stream;

  @BeforeEach
  void start() throws IOException {
    node.start();
    caller = new NodeCaller(node.grpcPort());
    stream =
        DeliveryGrpc.newStub(caller.channel)
            .deliver(
                new StreamObserver<>() {
                  @Override
                  public void onNext(DeliverResponse response) {
                    heard.add(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    heard.add(error);
                  }

                  @Override
                  public void onCompleted() {
                    heard.add(OVER);
                  }
                });
  }

  @AfterEach
  void stop() {
    caller.close();
    node.close();
  }

  @Test
  void envelopesReachTheUsersInOrderAndARequestIsAcknowledgedAtOnce() throws Exception {
    try (var ann = user();
        var bob = user()) {
      bob.subscribe("news");
      stream.onNext(request(toAll("1"), toRoom("news", "2"), toAll("3")));
      stream.onNext(request(toAll("4")));

      assertThat(next()).isEqualTo(acknowledged(3));
      assertThat(next()).isEqualTo(acknowledged(4));
      for (String body : new String[] {"1", "3", "4"}) {
        assertThat(ann.next(SOON).getString("body")).isEqualTo(body);
      }
      for (String body : new String[] {"1", "2", "3", "4"}) {
        assertThat(bob.next(SOON).getString("body")).isEqualTo(body);
      }
    }
  }

  @Test
  void envelopeThatDoesNotParseFailsAloneAndIsAcknowledged() throws Exception {
    stream.onNext(request(toAll("1")));
    Envelope garbage = Envelope.newBuilder().setBroadcast(ByteString.fromHex("ff")).build();
    Envelope noProto = Envelope.newBuilder().setBroadcast(ByteString.EMPTY).build();
    stream.onNext(request(garbage, toAll("2"), noProto, Envelope.getDefaultInstance()));

    assertThat(next()).isEqualTo(acknowledged(1));
    DeliverResponse second = (DeliverResponse) next();
    assertThat(second.getAcknowledged()).isEqualTo(5);
    assertThat(second.getFailuresList()).extracting(Failure::getIndex).containsExactly(1L, 3L, 4L);
    assertThat(second.getFailuresList()).extracting(Failure::getCode).containsOnly(3);
    assertThat(second.getFailuresList())
        .extracting(Failure::getMessage)
        .containsExactly("the bytes do not parse", "proto is missing", "request is missing");
  }

  /** PushFanout ends a stream with a larger response. */
  @Test
  void manyFailuresComeInResponsesOfAtMost64KiB() throws Exception {
    Envelope garbage = Envelope.newBuilder().setBroadcast(ByteString.fromHex("ff")).build();
    DeliverRequest.Builder request = DeliverRequest.newBuilder();
    for (int i = 0; i < 16_000; i++) {
      request.addEnvelopes(garbage);
    }
    stream.onNext(request.build());
    long acknowledged = 0;
    List<Long> failed = new ArrayList<>();
    while (acknowledged < 16_000) {
      DeliverResponse response = (DeliverResponse) next();
      assertThat(response.getSerializedSize()).isLessThanOrEqualTo(64 << 10);
      assertThat(response.getAcknowledged()).isGreaterThan(acknowledged);
      acknowledged = response.getAcknowledged();
      response.getFailuresList().forEach(failure -> failed.add(failure.getIndex()));
    }
    assertThat(failed).isEqualTo(LongStream.range(0, 16_000).boxed().toList());
    stream.onNext(request(toAll("1")));
    assertThat(next()).isEqualTo(acknowledged(16_001));
  }

  @Test
  void theStreamEndsAfterPushFanoutHasEndedIt() throws Exception {
    stream.onNext(request(toAll("1")));
    stream.onCompleted();
    assertThat(next()).isEqualTo(acknowledged(1));
    assertThat(next()).isEqualTo(OVER);
  }

  @Test
  void aStreamWithNothingOnItEnds() throws Exception {
    stream.onCompleted();
    assertThat(next()).isEqualTo(OVER);
  }

  @Test
  void manyRequestsAreAllAcknowledged() throws Exception {
    for (int i = 0; i < 1000; i++) {
      stream.onNext(request(toAll("a"), toAll("b")));
    }
    for (int i = 1; i <= 1000; i++) {
      assertThat(next()).isEqualTo(acknowledged(2L * i));
    }
  }

  @Test
  void messageWithAnIdReachesTheUsersOnceByStreamsAndCalls() throws Exception {
    try (var ann = user()) {
      stream.onNext(
          request(
              withId("1", toAll("a")),
              withId("1", toAll("a")),
              withId("1", toAll("other bytes")),
              withId("2", toAll("a"))));
      assertThat(next()).isEqualTo(acknowledged(4));
      assertThat(caller.broadcastWithId("1", "a").getDesc())
          .isEqualTo("The message has come before; dropped.");
      assertThat(caller.broadcastWithId("3", "by a call").getDesc()).isEqualTo("Sent to 1 user.");
      stream.onNext(request(withId("3", toAll("by a call")), toAll("no id"), toAll("no id")));
      assertThat(next()).isEqualTo(acknowledged(7));
      caller.broadcast("", "last");

      for (String body :
          new String[] {"a", "other bytes", "a", "by a call", "no id", "no id", "last"}) {
        assertThat(ann.next(SOON).getString("body")).isEqualTo(body);
      }
    }
  }

  @Test
  void withoutAWindowDoublesReachTheUsers() throws Exception {
    NodeOptions options =
        new NodeOptions(
            "127.0.0.1", 0, 0, AllowedNames.NONE, NodeOptions.mostSockets(), Duration.ZERO);
    try (ReferenceNode forgetful = new ReferenceNode(options)) {
      forgetful.start();
      try (NodeCaller pushFanout = new NodeCaller(forgetful.grpcPort())) {
        for (int i = 0; i < 2; i++) {
          assertThat(pushFanout.broadcastWithId("1", "a").getDesc()).isEqualTo("Sent to 0 users.");
        }
      }
    }
  }

  private static Envelope withId(String id, Envelope envelope) {
    return envelope.toBuilder().setMessageId(id).build();
  }

  private static Envelope toAll(String body) {
    var request = BroadCastReq.newBuilder().setProto(NodeCaller.message("", body)).build();
    return Envelope.newBuilder().setBroadcast(request.toByteString()).build();
  }

  private static Envelope toRoom(String room, String body) {
    var request =
        BroadCastRoomReq.newBuilder()
            .setRoomId(room)
            .setProto(NodeCaller.message("another", body))
            .build();
    return Envelope.newBuilder().setBroadcastToRoom(request.toByteString()).build();
  }

  private static DeliverRequest request(Envelope... envelopes) {
    return DeliverRequest.newBuilder().addAllEnvelopes(List.of(envelopes)).build();
  }

  private static DeliverResponse acknowledged(long count) {
    return DeliverResponse.newBuilder().setAcknowledged(count).build();
  }

  private Object next() throws InterruptedException {
    Object next = heard.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("nothing heard for 10 s").isNotNull();
    return next;
  }

  private WebSocketClient user() throws IOException {
    return WebSocketClient.connect(URI.create("ws://127.0.0.1:" + node.httpPort() + "/ws"), SOON);
  }
}
