package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.connect.Courier.End;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Delivery to the servers that nodes are built on, each plain and with TLS. */
@SuppressWarnings("NullAway.Init") // It does not know what runs before the first test.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ParameterizedClass(name = "{0}, TLS {1}")
@MethodSource("servers")
class InteropServersIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final End OK = new End(StatusCode.OK, "");
  private static final int CONCURRENCY = 50;

  @Parameter(0)
  private GrpcLibrary library;

  @Parameter(1)
  private boolean tls;

  private EventLoops loops;
  private RestartedNode node;
  private Courier courier;

  static Stream<Arguments> servers() {
    return Stream.of(GrpcLibrary.values())
        .flatMap(library -> Stream.of(Arguments.of(library, false), Arguments.of(library, true)));
  }

  @BeforeParameterizedClassInvocation
  void start() throws Exception {
    loops = new EventLoops(1);
    node = new RestartedNode(library, tls);
    NettyConnector connector = new NettyConnector(loops, TlsNodes.profiles(), 0);
    TlsChoice choice = tls ? TlsNodes.TRUSTED : TlsChoice.PLAINTEXT;
    courier = new Courier(connector, node.address(), choice, CONCURRENCY);
  }

  @AfterParameterizedClassInvocation
  void close() throws Exception {
    node.kill();
    courier.close();
    loops.close();
  }

  private static List<End> ends(List<CompletableFuture<End>> deliveries) throws Exception {
    List<End> ends = new ArrayList<>();
    for (var delivery : deliveries) {
      ends.add(delivery.get(30, TimeUnit.SECONDS));
    }
    return ends;
  }

  /** Every one, and none twice. */
  private void assertArrivedOnce(List<byte[]> bodies) {
    // Output of a process from before its answer may be read after the answer.
    awaitArrivals(bodies, bodies.size());
    assertThat(node.arrivals(bodies)).containsOnly(1);
  }

  private static byte[] message(char what, int number) {
    return ByteBuffer.allocate(12).put((byte) what).putInt(4, number).array();
  }

  private static List<byte[]> messages(char what, int from, int count) {
    List<byte[]> messages = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      messages.add(message(what, i));
    }
    return messages;
  }

  @Test
  void everyMessageArrivesOnceByteForByte() throws Exception {
    List<byte[]> bodies = messages('m', 0, 500);
    SplittableRandom random = new SplittableRandom(1);
    for (int size : new int[] {0, 1, 16_379, 16_384, 65_530, 65_531, 65_536, 1 << 20, 1 << 20}) {
      byte[] body = new byte[size];
      random.nextBytes(body);
      if (size > 0) {
        body[0] = 'm';
      }
      bodies.add(body);
    }
    assertThat(ends(courier.deliverAll(bodies))).containsOnly(OK);
    assertArrivedOnce(bodies);
  }

  @Test
  void largeRepliesAreReadAndTheirWindowsGivenBack() throws Exception {
    assertThat(ends(courier.deliverAll(messages('L', 0, 20)))).containsOnly(OK);
  }

  @Test
  void aRefusalIsItsStatusAndItsTextWhereverItStands() throws Exception {
    End refused = new End(StatusCode.FAILED_PRECONDITION, "no room « 7 » 100%");
    assertThat(courier.deliverNow(message('E', 0), LONG)).as("trailers alone").isEqualTo(refused);
    assertThat(courier.deliverNow(message('H', 0), LONG)).as("trailers").isEqualTo(refused);
  }

  /** Between them there are others in flight, which no refusal touches. */
  @Test
  void aRefusalWithALongTextIsOfItsCallAlone() throws Exception {
    List<byte[]> bodies = messages('m', 20_000, 500);
    for (int i = 0; i < 10; i++) {
      bodies.set(50 * i, message('T', i));
    }
    List<End> ends = ends(courier.deliverAll(bodies));
    for (int i = 0; i < bodies.size(); i++) {
      if (i % 50 == 0) {
        assertThat(ends.get(i).code()).isEqualTo(StatusCode.FAILED_PRECONDITION);
        assertThat(ends.get(i).detail()).startsWith("xxx");
      } else {
        assertThat(ends.get(i)).isEqualTo(OK);
      }
    }
    assertArrivedOnce(bodies);
  }

  @Test
  void aMessageTooLargeIsRefusedAndTheNextIsTaken() throws Exception {
    // Each of these servers is configured to take 16 MiB.
    End end = courier.deliverNow(new byte[(16 << 20) + 1], LONG);
    assertThat(end.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
    assertThat(courier.deliverNow(message('m', 9_999), LONG)).isEqualTo(OK);
  }

  @Test
  void aNodeThatReadsSlowlyGetsItAll() throws Exception {
    List<byte[]> bodies = new ArrayList<>();
    List<CompletableFuture<End>> deliveries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      byte[] body = new byte[1 << 20];
      new SplittableRandom(100 + i).nextBytes(body);
      bodies.add(body);
      deliveries.add(courier.deliver(Rpc.BROADCAST_TO_ROOM, body, LONG));
    }
    assertThat(ends(deliveries)).containsOnly(OK);
    assertArrivedOnce(bodies);
  }

  @Test
  void anUnansweredCallEndsAtItsDeadlineAndTheNodeSeesIt() throws Exception {
    // A server that is still starting up might see the call after its deadline, and so never.
    assertThat(courier.deliverNow(message('m', 9_998), LONG)).isEqualTo(OK);
    int before = node.times("cancelled");
    long since = System.nanoTime();
    End end = courier.deliverNow(message('W', 0), Duration.ofSeconds(1));
    assertThat(end.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - since)).isGreaterThan(Duration.ofMillis(950));
    await().pollInterval(Duration.ofMillis(10)).until(() -> node.times("cancelled") == before + 1);
  }

  @Test
  void aGracefulRestartInMidCallLosesAndDoublesNothing() throws Exception {
    // Half of the slots are in mid-call when the node is stopped, the others go on and on.
    List<byte[]> bodies = messages('S', 0, CONCURRENCY / 2);
    bodies.addAll(messages('m', 1_000, 1_000));
    var deliveries = courier.deliverAll(bodies);
    awaitArrivals(bodies, CONCURRENCY);
    node.stop();
    node.startAgain();
    List<End> ends = ends(deliveries);
    // After its stop, grpcio's core takes calls that its Python never sees, and ends them with a
    // status: to us these are answers like others.
    StatusCode late = library == GrpcLibrary.GRPC_PYTHON ? StatusCode.CANCELLED : StatusCode.OK;
    assertThat(ends.stream().map(End::code)).isSubsetOf(StatusCode.OK, late);
    List<byte[]> answered = new ArrayList<>();
    List<byte[]> refused = new ArrayList<>();
    for (int i = 0; i < bodies.size(); i++) {
      (ends.get(i).equals(OK) ? answered : refused).add(bodies.get(i));
    }
    assertArrivedOnce(answered);
    assertThat(node.arrivals(refused)).as("refused and yet done").allMatch(times -> times == 0);
    assertThat(refused).hasSizeLessThanOrEqualTo(CONCURRENCY);
  }

  @Test
  void aKillInMidCallFailsCallsInFlightOnce() throws Exception {
    List<byte[]> unanswered = messages('W', 1, CONCURRENCY);
    List<byte[]> behind = messages('m', 3_000, 100);
    var inFlight = courier.deliverAll(unanswered);
    var waiting = courier.deliverAll(behind);
    awaitArrivals(unanswered, CONCURRENCY);
    node.kill();
    node.startAgain();
    assertThat(ends(inFlight).stream().map(End::code))
        .isSubsetOf(StatusCode.UNAVAILABLE, StatusCode.CANCELLED);
    assertThat(ends(waiting)).containsOnly(OK);
    assertArrivedOnce(unanswered);
    assertArrivedOnce(behind);
  }

  private void awaitArrivals(List<byte[]> bodies, int some) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> node.arrivals(bodies).stream().mapToInt(i -> i).sum() >= some);
  }
}
