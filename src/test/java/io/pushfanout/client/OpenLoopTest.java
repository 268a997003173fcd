package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.IngestGrpc;
import io.pushfanout.protocol.v1.Outcome;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.protocol.v1.PublishResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class OpenLoopTest {
  private static final BroadCastReply OK =
      BroadCastReply.newBuilder().setCode("0").setNodes(3).setAccepted(3).build();
  private static final BroadCastReply PARTIAL =
      BroadCastReply.newBuilder().setCode("1").setNodes(3).setAccepted(1).setDropped(2).build();

  /** Time limit that tolerates a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final Scripted service = new Scripted();
  private final ScriptedIngest ingest = new ScriptedIngest();
  private final Server server;

  OpenLoopTest() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(service)
            .addService(ingest)
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void everyCallOfThePaceIsMadeAndItsReplyCounted() throws Exception {
    service.answers = List.of(OK, PARTIAL);

    LoadResult result = run(new ArrivalSchedule(200, Duration.ofMillis(500)), message(null));

    assertThat(result.sent()).isEqualTo(100);
    assertThat(result.due()).isEqualTo(100);
    assertThat(result.replies()).isEqualTo(Map.of("OK", 50L, "PARTIAL", 50L));
    assertThat(result.accepted()).isEqualTo(50 * 3 + 50);
    assertThat(result.dropped()).isEqualTo(50 * 2);
    assertThat(result.open()).isZero();
    assertThat(result.latency().calls()).isEqualTo(100);
    assertThat(result.seconds()).isGreaterThanOrEqualTo(0.5);
  }

  @Test
  void aStallCountsInEveryCallThatWasDueInIt() throws Exception {
    service.answersAfter = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);

    LoadResult result = run(new ArrivalSchedule(200, Duration.ofSeconds(1)), message(null));

    // Calls are due evenly over the second and answered at its end: half of them waited half of it,
    // less
    // the time until the first call. A closed loop would have measured one long call.
    assertThat(result.sent()).isEqualTo(200);
    assertThat(result.latency().max()).isGreaterThan(500);
    assertThat(result.latency().p50()).isGreaterThan(200);
  }

  @Test
  void errorsAreCountedByTheirStatus() throws Exception {
    service.error = Status.RESOURCE_EXHAUSTED;

    LoadResult result = run(new ArrivalSchedule(100, Duration.ofMillis(200)), message(null));

    assertThat(result.errors()).isEqualTo(Map.of("RESOURCE_EXHAUSTED", 20L));
    assertThat(result.failed()).isEqualTo(20);
    assertThat(result.answered()).isZero();
    // An immediate error must not count as a good latency.
    assertThat(result.latency().calls()).isZero();
  }

  @Test
  void roomsTakeTurns() throws Exception {
    LoadResult result =
        run(
            new ArrivalSchedule(100, Duration.ofMillis(300)),
            message("a"),
            message("b"),
            message("c"));

    assertThat(result.answered()).isEqualTo(30);
    assertThat(service.byRoom).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
  }

  @Test
  void stopEndsTheLoopAndKeepsItsMeasurements() throws Exception {
    try (LoadConnections connections = connections(message(null))) {
      OpenLoop loop =
          new OpenLoop(
              connections, new ArrivalSchedule(100, Duration.ofHours(1)), PATIENCE, PATIENCE);
      timer.schedule(loop::stop, 500, TimeUnit.MILLISECONDS);

      long began = System.nanoTime();
      LoadResult result = loop.run();
      double took = (System.nanoTime() - began) / 1e9;

      assertThat(loop.wasStopped()).isTrue();
      assertThat(result.sent()).isBetween(1L, 500L);
      assertThat(result.answered()).isEqualTo(result.sent());
      // A loop at 100/s takes 10 ms from one call to the next, and ends at its stop.
      assertThat(result.seconds()).isBetween((result.sent() - 1) / 100.0, took);
    }
  }

  @Test
  void callsWithoutReplyAtTheStopAreOpen() throws Exception {
    service.answersAfter = Long.MAX_VALUE;
    try (LoadConnections connections = connections(message(null))) {
      OpenLoop loop = new OpenLoop(connections, new ArrivalSchedule(100, Duration.ofHours(1)));
      timer.schedule(loop::stop, 200, TimeUnit.MILLISECONDS);

      LoadResult result = loop.run();

      assertThat(result.open()).isEqualTo(result.sent()).isPositive();
    }
  }

  @Test
  void aStreamsOutcomesAreMatchedWithTheirMessages() throws Exception {
    LoadResult result =
        runStreams(new ArrivalSchedule(2_000, Duration.ofMillis(500)), message("a"));

    assertThat(result.sent()).isEqualTo(1000);
    assertThat(result.open()).isZero();
    // Two streams of 500 each.
    assertThat(result.replies()).isEqualTo(Map.of("OK", 988L, "PARTIAL", 10L));
    assertThat(result.errors()).isEqualTo(Map.of("RESOURCE_EXHAUSTED", 2L));
    assertThat(result.dropped()).isEqualTo(10 * 2);
    assertThat(result.latency().calls()).isEqualTo(998);
    assertThat(result.streamEnds()).isEmpty();
    assertThat(ingest.streams).hasValue(2);
  }

  @Test
  void afterAStreamThatTheServerEndsComesAnother() throws Exception {
    ingest.most = 100;

    LoadResult result = runStreams(new ArrivalSchedule(500, Duration.ofSeconds(2)), message("a"));

    assertThat(result.sent()).isEqualTo(1000);
    assertThat(result.open()).isZero();
    assertThat(result.answered()).isPositive();
    assertThat(result.streamEnds().get("UNAVAILABLE")).isPositive();
    assertThat(result.answered() + result.failed()).isEqualTo(1000);
    assertThat(ingest.streams.get()).isGreaterThan(2);
    // Nothing is sent twice; what is on its way to a stream that ends arrives nowhere.
    assertThat(ingest.messages.get()).isLessThanOrEqualTo(1000);
  }

  @Test
  void messagesForWhichAStreamHasNoWindowAreLate() throws Exception {
    ingest.readsAfter = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    ByteString large = ByteString.copyFrom(new byte[100_000]);

    LoadResult result =
        runStreams(
            new ArrivalSchedule(200, Duration.ofSeconds(1)),
            new BroadcastMessage(null, 0, large, null));

    assertThat(result.answered() + result.failed()).isEqualTo(200);
    assertThat(result.latency().max()).isGreaterThan(500);
    assertThat(result.latency().p50()).isGreaterThan(200);
  }

  private LoadResult runStreams(ArrivalSchedule pace, BroadcastMessage... messages)
      throws InterruptedException {
    try (LoadConnections connections = connections(true, messages)) {
      return new OpenLoop(connections, pace, PATIENCE, PATIENCE).run();
    }
  }

  private LoadResult run(ArrivalSchedule pace, BroadcastMessage... messages)
      throws InterruptedException {
    try (LoadConnections connections = connections(messages)) {
      return new OpenLoop(connections, pace, PATIENCE, PATIENCE).run();
    }
  }

  private LoadConnections connections(BroadcastMessage... messages) {
    return connections(false, messages);
  }

  private LoadConnections connections(boolean streams, BroadcastMessage... messages) {
    return new LoadConnections(
        new NodeAddress("127.0.0.1", server.getPort()), null, null, 2, streams, List.of(messages));
  }

  private static BroadcastMessage message(@Nullable String room) {
    return new BroadcastMessage(room, 0, ByteString.copyFromUtf8("x"), null);
  }

  /** A server of streams: one envelope in a hundred is dropped by two nodes, the 250th refused. */
  private final class ScriptedIngest extends IngestGrpc.IngestImplBase {
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger messages = new AtomicInteger();
    private volatile int most = Integer.MAX_VALUE;
    private volatile long readsAfter = System.nanoTime();

    @Override
    public StreamObserver<PublishRequest> publish(StreamObserver<PublishResponse> answer) {
      streams.incrementAndGet();
      ServerCallStreamObserver<PublishResponse> call =
          (ServerCallStreamObserver<PublishResponse>) answer;
      long wait = readsAfter - System.nanoTime();
      if (wait > 0) {
        call.disableAutoRequest();
        timer.schedule(() -> call.request(Integer.MAX_VALUE), wait, TimeUnit.NANOSECONDS);
      }
      return new StreamObserver<>() {
        private int handled;
        private boolean over;

        @Override
        public void onNext(PublishRequest request) {
          messages.addAndGet(request.getEnvelopesCount());
          if (over) {
            return;
          }
          PublishResponse.Builder response = PublishResponse.newBuilder();
          for (int i = 0; i < request.getEnvelopesCount(); i++, handled++) {
            if (handled == 250) {
              response.addOutcomes(
                  Outcome.newBuilder()
                      .setIndex(handled)
                      .setStatus(Status.RESOURCE_EXHAUSTED.getCode().value()));
            } else if (handled % 100 == 99) {
              response.addOutcomes(Outcome.newBuilder().setIndex(handled).setReply(PARTIAL));
            }
          }
          answer.onNext(response.setHandled(handled).build());
          if (handled >= most) {
            over = true;
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
          }
        }

        @Override
        public void onError(Throwable error) {
          over = true;
        }

        @Override
        public void onCompleted() {
          if (!over) {
            answer.onCompleted();
          }
        }
      };
    }
  }

  private final class Scripted extends PushServerGrpc.PushServerImplBase {
    private volatile List<BroadCastReply> answers = List.of(OK);
    private volatile long answersAfter = System.nanoTime();
    private volatile @Nullable Status error;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<String, Integer> byRoom = Collections.synchronizedMap(new LinkedHashMap<>());

    @Override
    public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> answer) {
      if (answersAfter == Long.MAX_VALUE) {
        return;
      }
      long wait = Math.max(0, answersAfter - System.nanoTime());
      BroadCastReply reply = answers.get(calls.getAndIncrement() % answers.size());
      timer.schedule(() -> end(answer, reply), wait, TimeUnit.NANOSECONDS);
    }

    @Override
    public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> answer) {
      byRoom.merge(request.getRoomId(), 1, Integer::sum);
      end(answer, OK);
    }

    private void end(StreamObserver<BroadCastReply> answer, BroadCastReply reply) {
      Status failure = error;
      if (failure != null) {
        answer.onError(failure.asRuntimeException());
      } else {
        answer.onNext(reply);
        answer.onCompleted();
      }
    }
  }
}
