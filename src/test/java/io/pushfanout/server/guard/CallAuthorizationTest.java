package io.pushfanout.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Splitter;
import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.Credentials;
import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.server.LogWatch;
import io.pushfanout.server.RawHttp2;
import io.pushfanout.server.Requests;
import io.pushfanout.server.RunningServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@Isolated("reads the log of all")
class CallAuthorizationTest {
  private static final Decision ALLOWED = new Decision.Allowed("token:web");
  private static final Right CHAT = new Right(new FanoutName("acme", "chat"));

  private final ScriptedAccess access = new ScriptedAccess();
  private RunningServer running;
  private LogWatch logs;

  /** A stub of access control with decisions at once or at a time set by the test. */
  private static final class ScriptedAccess implements Authorizer {
    record Asked(Credentials credentials, Right right, CompletableFuture<Decision> answer) {}

    final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    volatile @Nullable Decision now = ALLOWED;

    @Override
    public CompletableFuture<Decision> decide(Credentials credentials, Right right) {
      Decision decision = now;
      CompletableFuture<Decision> answer =
          decision == null
              ? new CompletableFuture<>()
              : CompletableFuture.completedFuture(decision);
      asked.add(new Asked(credentials, right, answer));
      return answer;
    }

    Asked next() throws InterruptedException {
      Asked next = asked.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing was asked");
      }
      return next;
    }
  }

  @BeforeEach
  void start() throws IOException {
    logs = new LogWatch();
    running = new RunningServer(access);
  }

  @AfterEach
  void stop() {
    running.close();
    logs.close();
    assertThat(logs.problems()).isEmpty();
  }

  @Test
  void theRightIsThatOfTheTargetThatIsNamedElseOfAll() throws Exception {
    call("pushfanout-target", "acme/chat");
    call("pushfanout-target", "all");
    call();

    assertThat(access.next().right()).isEqualTo(CHAT);
    assertThat(access.next().right()).isEqualTo(Right.ALL_TARGETS);
    assertThat(access.next().right()).isEqualTo(Right.ALL_TARGETS);
    assertThat(running.engine.next().request().target())
        .isEqualTo(new Target.Named(new FanoutName("acme", "chat")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          Bearer abc    | true
          bearer abc    | true
          BEARER   abc  | true
          Bearer        | false
          "Bearer  "    | false
          Basic abc     | false
          Bearerabc     | false
          abc           | false
          """)
  void theTokenIsThatOfTheOneAuthorization(String header, boolean isToken) throws Exception {
    call("authorization", header);
    call("authorization", header, "authorization", header);

    Credentials shown = access.next().credentials();
    assertThat(shown.token() != null && shown.token().is("abc")).isEqualTo(isToken);
    assertThat(access.next().credentials().token()).as("which of the two?").isNull();
  }

  @Test
  void callersOfOneConnectionAreDistinguished() throws Exception {
    for (String token : List.of("a", "a", "b", "a")) {
      call("authorization", "Bearer " + token);
      assertThat(access.next().credentials().token()).matches(shown -> shown.is(token));
    }
    call();
    assertThat(access.next().credentials().token()).isNull();
  }

  @Test
  void aRefusedCallReachesNoHandlerAndIsCounted() {
    access.now = new Decision.Unauthenticated("nobody");
    assertThat(refused()).hasToString("UNAUTHENTICATED nobody");
    access.now = new Decision.Denied("web", "web has no right to x");
    assertThat(refused("pushfanout-target", "acme/chat"))
        .hasToString("PERMISSION_DENIED web has no right to x");
    assertThat(refused().why())
        .isEqualTo(
            "web has no right to x, which a call needs that names no target by --target, the"
                + " metadata pushfanout-target");
    access.now = new Decision.Barred("never you");
    assertThat(refused()).hasToString("PERMISSION_DENIED never you");
    assertThat(running.counted(CallOutcome.UNAUTHORIZED)).isEqualTo(4);

    access.now = new Decision.Unavailable("later");
    assertThat(refused()).hasToString("UNAVAILABLE later");
    assertThat(running.counted(CallOutcome.UNAVAILABLE)).isEqualTo(1);

    assertThat(refused("pushfanout-target", "nonsense").status()).isEqualTo("INVALID_ARGUMENT");
    assertThat(running.counted(CallOutcome.INVALID)).isEqualTo(1);
    assertThat(running.engine.taken).isEmpty();
  }

  @Test
  void aRefusalThatMayBeRetriedNamesTheDelay() throws Exception {
    access.now = new Decision.Unavailable("later", Duration.ofMillis(100));
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> call());

    var details = Objects.requireNonNull(StatusProto.fromThrowable(refused));
    assertThat(details.getDetails(0).unpack(RetryInfo.class).getRetryDelay())
        .isEqualTo(Durations.fromMillis(100));
  }

  @Test
  void aTooLargeOrBrokenMessageIsReadOnlyAfterAuthorization() {
    access.now = new Decision.Unauthenticated("nobody");

    assertThatThrownBy(() -> running.call(Rpc.BROADCAST, new byte[] {1, 2, 3}))
        .hasMessageStartingWith("UNAUTHENTICATED");
    assertThatThrownBy(() -> running.call(Rpc.BROADCAST, new byte[5 << 20]))
        .hasMessageStartingWith("UNAUTHENTICATED");
  }

  @Test
  void healthAndReflectionNeedNoAuthentication() {
    access.now = new Decision.Unauthenticated("nobody");

    assertThat(
            HealthGrpc.newBlockingStub(running.channel)
                .check(HealthCheckRequest.getDefaultInstance()))
        .isNotNull();
    assertThat(access.asked).isEmpty();
  }

  @Test
  void aCallWaitsUnreadForItsDecisionAndOthersGoOn() throws Exception {
    access.now = null;
    Call waiting = new Call();
    ScriptedAccess.Asked asked = access.next();
    access.now = ALLOWED;
    call();
    assertThat(running.engine.next()).isNotNull();
    assertThat(running.engine.taken).as("not taken yet").isEmpty();

    asked.answer().complete(ALLOWED);
    assertThat(waiting.status()).isEqualTo(Status.Code.OK);
    assertThat(running.engine.next().request().payload().bytes()).isEqualTo(Requests.broadcast());
  }

  @Test
  void aCallThatWaitsCanBeRefused() throws Exception {
    access.now = null;
    Call waiting = new Call();
    access.next().answer().complete(new Decision.Unauthenticated("nobody"));

    assertThat(waiting.status()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(running.counted(CallOutcome.UNAUTHORIZED)).isEqualTo(1);
    assertThat(running.engine.taken).isEmpty();
  }

  @Test
  void aCallThatIsCancelledWhileItWaitsIsNeverTaken() throws Exception {
    access.now = null;
    Call waiting = new Call();
    ScriptedAccess.Asked asked = access.next();
    waiting.call.cancel("no longer wanted", null);
    await().until(() -> running.calls(MethodCalls::inFlight) == 0);

    asked.answer().complete(ALLOWED);
    access.now = ALLOWED;
    call();
    assertThat(running.engine.taken).as("the last one alone").hasSize(1);
    assertThat(running.counted(CallOutcome.UNAUTHORIZED)).isZero();
  }

  @Test
  void aCallWithoutAMessageWaitsToo() throws Exception {
    access.now = null;
    Call waiting = new Call(false);
    access.next().answer().complete(ALLOWED);

    assertThat(waiting.status()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void callsThatWaitAreBoundedAndOfOneHostToHalfOfThem() throws Exception {
    // The connection is made first, since calls that wait for a connection may arrive in another
    // order.
    access.now = ALLOWED;
    call();
    access.asked.clear();
    access.now = null;
    int ofOneHost = DecisionWaits.WAITING_MAX / 2;
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i <= ofOneHost; i++) {
      calls.add(new Call());
    }
    assertThat(calls.getLast().status()).isEqualTo(Status.Code.UNAVAILABLE);

    for (int i = 0; i < ofOneHost; i++) {
      access.next().answer().complete(ALLOWED);
    }
    for (Call call : calls.subList(0, ofOneHost)) {
      assertThat(call.status()).isEqualTo(Status.Code.OK);
    }
    access.now = ALLOWED;
    call();
  }

  /** Bytes that callers send ahead lie unread in direct memory, a window of 1 MiB each. */
  @Test
  void whereThereIsLittleDirectMemoryCallsOfFewerConnectionsWait() throws Exception {
    // Half of the limit, since all connections are of one host.
    assertConnectionsThatWait(150 << 20, 75 / 2);
    assertConnectionsThatWait(4 << 20, 64 / 2);
  }

  private void assertConnectionsThatWait(long direct, int expected) throws Exception {
    access.now = null;
    int all = 50;
    long callsOfEach = 3;
    List<RawHttp2> clients = new ArrayList<>();
    try (RunningServer small = new RunningServer(access, direct)) {
      for (int i = 0; i < all; i++) {
        RawHttp2 client = new RawHttp2(small.server.port());
        clients.add(client);
        for (int call = 0; call < callsOfEach; call++) {
          client.begin(2 * call + 1, Rpc.BROADCAST.path());
        }
        client.flush();
      }
      await().until(() -> small.calls(MethodCalls::started) == all * callsOfEach);
      await()
          .untilAsserted(
              () ->
                  assertThat(small.counted(CallOutcome.UNAVAILABLE))
                      .as("all calls of each connection but %d", expected)
                      .isEqualTo((all - expected) * callsOfEach));
    } finally {
      for (RawHttp2 client : clients) {
        client.close();
      }
    }
  }

  /** Policy Block may hold a call for a minute, and its headers may have 64 KiB. */
  @Test
  void aCallThatIsHeldKeepsNothingOfItsHeaders() throws Exception {
    running.engine.hold();
    int calls = 200;
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      long before = liveHeaders();
      access.now = null;
      for (int i = 0; i < calls; i++) {
        if (i == calls / 2) {
          client.flush();
          await().until(() -> access.asked.size() == calls / 2);
          access.now = ALLOWED;
        }
        int stream = 2 * i + 1;
        client.begin(stream, Rpc.BROADCAST.path(), "x", "long ".repeat(1000));
        client.messagePrefix(stream, false, Requests.broadcast().length);
        client.data(stream, true, Requests.broadcast());
      }
      client.flush();
      for (int i = 0; i < calls / 2; i++) {
        access.next().answer().complete(ALLOWED);
      }
      await().until(() -> running.engine.taken.size() == calls);

      assertThat(liveHeaders() - before).isLessThan(calls / 10);
    }
  }

  /** Returns the number of calls' headers in memory after a garbage collection. */
  private static long liveHeaders() throws Exception {
    String histogram =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    return histogram
        .lines()
        .map(line -> Splitter.on(' ').omitEmptyStrings().splitToList(line))
        .filter(
            words -> words.size() > 3 && words.get(3).equals(DefaultHttp2Headers.class.getName()))
        .mapToLong(words -> Long.parseLong(words.get(1)))
        .sum();
  }

  @Test
  void aServerThatStopsWaitsForCallsThatWaitAndRefusesThem() throws Exception {
    access.now = null;
    Call waiting = new Call();
    ScriptedAccess.Asked asked = access.next();
    running.server.refuseNew();
    asked.answer().complete(ALLOWED);
    running.server.close(Duration.ofSeconds(10));

    assertThat(waiting.status()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(running.engine.taken).isEmpty();
  }

  private void call(String... metadata) {
    assertThat(running.call(Rpc.BROADCAST, Requests.broadcast(), metadata).getCode())
        .isEqualTo("0");
  }

  private record Refused(String status, @Nullable String why) {
    @Override
    public String toString() {
      return status + " " + why;
    }
  }

  private Refused refused(String... metadata) {
    try {
      call(metadata);
    } catch (StatusRuntimeException e) {
      return new Refused(e.getStatus().getCode().name(), e.getStatus().getDescription());
    }
    throw new AssertionError("not refused");
  }

  /** A call that the test does not wait for. */
  private final class Call {
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final ClientCall<byte[], BroadCastReply> call = running.newCall(Rpc.BROADCAST);

    Call() {
      this(true);
    }

    Call(boolean withMessage) {
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              ended.complete(status);
            }
          },
          new Metadata());
      call.request(2);
      if (withMessage) {
        call.sendMessage(Requests.broadcast());
      }
      call.halfClose();
    }

    Status.Code status() throws Exception {
      return ended.get(20, TimeUnit.SECONDS).getCode();
    }
  }
}
