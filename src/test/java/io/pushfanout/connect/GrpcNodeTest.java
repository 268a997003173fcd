package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TraceContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The connection against the server that most nodes are built on. */
class GrpcNodeTest {
  private static final Metadata.Key<String> TRACEPARENT =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> MESSAGE_ID =
      Metadata.Key.of("pushfanout-message-id", Metadata.ASCII_STRING_MARSHALLER);

  private static EventLoops loops;

  @BeforeAll
  static void startLoops() {
    loops = new EventLoops(1);
  }

  @AfterAll
  static void stopLoops() {
    loops.close();
  }

  private static EngineDouble open(GrpcNode node) throws Exception {
    EngineDouble engine = new EngineDouble(loops, node.address(), NettyConnector.Options.DEFAULT);
    String event = engine.next();
    while (event.startsWith("disconnected")) {
      event = engine.next();
    }
    assertThat(event).startsWith("connected");
    return engine;
  }

  @Test
  void theNodeGetsTheBytesAndTheHeadersOfGrpc() throws Exception {
    Queue<byte[]> requests = new ConcurrentLinkedQueue<>();
    Queue<Metadata> metadata = new ConcurrentLinkedQueue<>();
    GrpcNode.Handler record =
        (call, headers, request) -> {
          requests.add(request);
          metadata.add(headers);
          GrpcNode.answer(call);
        };
    byte[] small = {1, 2, 3};
    byte[] large = new byte[4 << 20];
    new Random(1).nextBytes(large);
    try (GrpcNode node = new GrpcNode(record)) {
      EngineDouble engine = open(node);
      for (byte[] body : new byte[][] {small, large, {}}) {
        engine.deliver(body, Duration.ofSeconds(20));
        assertThat(engine.next()).endsWith(" OK");
        assertThat(requests.remove()).isEqualTo(body);
      }
      assertThat(
              metadata
                  .remove()
                  .get(Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER)))
          .startsWith("pushfanout-java/");
      engine.close();
    }
  }

  @Test
  void nodeGetsTheIdOfEachMessageThatHasOne() throws Exception {
    Queue<String> ids = new ConcurrentLinkedQueue<>();
    GrpcNode.Handler record =
        (call, headers, request) -> {
          Iterable<String> values = headers.getAll(MESSAGE_ID);
          ids.add(values == null ? "" : String.join(" and ", values));
          GrpcNode.answer(call);
        };
    Payload plain = new Payload(Rpc.BROADCAST, new byte[10]);
    try (GrpcNode node = new GrpcNode(record)) {
      EngineDouble engine = open(node);
      for (int length : new int[] {0, 1, 36, 0, 126, 127, 128, 0}) {
        String id = "~".repeat(length);
        engine.deliver(id.isEmpty() ? plain : plain.withId(id), Duration.ofSeconds(20));
        assertThat(engine.next()).endsWith(" OK");
        assertThat(ids.remove()).isEqualTo(id);
      }
      engine.close();
    }
  }

  @Test
  void nodeGetsTheTraceOfEachMessageThatHasOneBesideItsId() throws Exception {
    Queue<String> values = new ConcurrentLinkedQueue<>();
    GrpcNode.Handler record =
        (call, headers, request) -> {
          values.add(headers.get(MESSAGE_ID) + " " + headers.get(TRACEPARENT));
          GrpcNode.answer(call);
        };
    Payload plain = new Payload(Rpc.BROADCAST, new byte[10]);
    TraceContext trace = TraceContext.sampled("1".repeat(32), "2".repeat(16));
    try (GrpcNode node = new GrpcNode(record)) {
      EngineDouble engine = open(node);
      Payload[] messages = {plain.traced(trace), plain.traced(trace).withId("id"), plain};
      for (Payload message : messages) {
        engine.deliver(message, Duration.ofSeconds(20));
        assertThat(engine.next()).endsWith(" OK");
      }
      assertThat(values)
          .containsExactly("null " + trace.traceparent(), "id " + trace.traceparent(), "null null");
      engine.close();
    }
  }

  @Test
  void theNodesStatusIsTheCallsEnd() throws Exception {
    GrpcNode.Handler refuse =
        (call, headers, request) ->
            call.close(Status.FAILED_PRECONDITION.withDescription("no room « 7 »"), new Metadata());
    try (GrpcNode node = new GrpcNode(refuse)) {
      EngineDouble engine = open(node);
      engine.deliver("hello");
      assertThat(engine.next()).isEqualTo("completed 1 FAILED_PRECONDITION: no room « 7 »");
      engine.close();
    }
  }

  @Test
  void anUnansweredCallEndsAtItsDeadlineOnBothSides() throws Exception {
    CountDownLatch deadlineSeen = new CountDownLatch(1);
    GrpcNode.Handler ignore =
        (call, headers, request) ->
            io.grpc.Context.current().addListener(_ -> deadlineSeen.countDown(), Runnable::run);
    try (GrpcNode node = new GrpcNode(ignore)) {
      EngineDouble engine = open(node);
      engine.deliver(new byte[3], Duration.ofMillis(100));
      assertThat(engine.next()).startsWith("completed 1 DEADLINE_EXCEEDED");
      assertThat(deadlineSeen.await(10, TimeUnit.SECONDS)).isTrue();
      engine.close();
    }
  }

  @Test
  void manyCallsKeepToTheNodesConcurrency() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    GrpcNode.Handler count =
        (call, headers, request) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          running.decrementAndGet();
          GrpcNode.answer(call);
        };
    try (GrpcNode node =
        new GrpcNode(0, count, builder -> builder.maxConcurrentCallsPerConnection(5))) {
      Pump pump = new Pump(loops, node.address(), 1_000, 10);
      assertThat(pump.done().await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(pump.ends()).isEqualTo(Map.of(StatusCode.OK, 1_000));
      assertThat(most).hasValueBetween(1, 5);
      pump.close();
    }
  }

  @Test
  void aGracefulRestartLosesAndDoublesNothing() throws Exception {
    Map<Integer, Integer> handled = new ConcurrentHashMap<>();
    CountDownLatch flowing = new CountDownLatch(500);
    GrpcNode.Handler record =
        (call, headers, request) -> {
          handled.merge(ByteBuffer.wrap(request).getInt(), 1, Integer::sum);
          flowing.countDown();
          GrpcNode.answer(call);
        };
    GrpcNode first = new GrpcNode(record);
    int port = first.address().port();
    Pump pump = new Pump(loops, first.address(), 5_000, 50);
    assertThat(flowing.await(30, TimeUnit.SECONDS)).isTrue();
    first.server().shutdown();
    assertThat(first.server().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(pump.done().getCount()).as("still to do at the restart").isPositive();

    try (GrpcNode _ = new GrpcNode(port, record, builder -> builder)) {
      assertThat(pump.done().await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(pump.ends()).isEqualTo(Map.of(StatusCode.OK, 5_000));
      assertThat(handled).hasSize(5_000);
      assertThat(handled.values()).containsOnly(1);
      pump.close();
    }
  }

  @Test
  void aKilledNodesCallsFailOnceAndTheRestGoesToItsSuccessor() throws Exception {
    Map<Integer, Integer> handled = new ConcurrentHashMap<>();
    CountDownLatch flowing = new CountDownLatch(500);
    GrpcNode.Handler record =
        (call, headers, request) -> {
          handled.merge(ByteBuffer.wrap(request).getInt(), 1, Integer::sum);
          flowing.countDown();
          GrpcNode.answer(call);
        };
    GrpcNode first = new GrpcNode(record);
    int port = first.address().port();
    Pump pump = new Pump(loops, first.address(), 5_000, 50);
    assertThat(flowing.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(first.server().shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(pump.done().getCount()).as("still to do at the kill").isPositive();

    try (GrpcNode _ = new GrpcNode(port, record, builder -> builder)) {
      assertThat(pump.done().await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(pump.ends().get(StatusCode.OK)).isGreaterThanOrEqualTo(5_000 - 50);
      assertThat(pump.ends().keySet())
          .isSubsetOf(StatusCode.OK, StatusCode.UNAVAILABLE, StatusCode.CANCELLED);
      assertThat(handled.values()).as("none is done twice").containsOnly(1);
      pump.close();
    }
  }
}
