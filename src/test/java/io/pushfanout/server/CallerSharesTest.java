package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.InsecureChannelCredentials;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Decision;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.Rpc;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.server.guard.OverShare;
import io.pushfanout.tools.SomeLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shares of callers and addresses: others find room at once and later. */
@Timeout(60)
class CallerSharesTest {
  private static final String CHECK = "/grpc.health.v1.Health/Check";
  private static final String WATCH = "/grpc.health.v1.Health/Watch";
  private final List<AutoCloseable> open = new ArrayList<>();

  /** Every token is accepted as the identity that it names. */
  private static final Authorizer BY_TOKEN =
      (shown, _) -> {
        for (String name : List.of("good", "evil0", "evil1", "evil2")) {
          if (shown.token() != null && shown.token().is(name)) {
            return CompletableFuture.completedFuture(new Decision.Allowed("token:" + name));
          }
        }
        return CompletableFuture.completedFuture(new Decision.Unauthenticated("no token"));
      };

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private RunningServer server(Limits limits, @Nullable Authorizer authorizer) throws IOException {
    RunningServer running =
        new RunningServer(
            limits, ServerSecurity.of(null, authorizer, null), InsecureChannelCredentials.create());
    open.add(running);
    return running;
  }

  /** Connects from another address of this machine. */
  private RawHttp2 from(String address, RunningServer running) throws IOException {
    RawHttp2 client =
        new RawHttp2(
            new Socket(
                InetAddress.getLoopbackAddress(),
                running.server.port(),
                InetAddress.ofLiteral(address),
                0));
    open.add(client);
    return client;
  }

  private static long refusals(RunningServer running, String of) {
    return running.server.shareRefusals().getOrDefault(of, 0L);
  }

  private static void beginMany(RawHttp2 client, String path, int calls, String... headers)
      throws IOException {
    for (int i = 0; i < calls; i++) {
      client.begin(1 + 2 * i, path, headers);
    }
    client.flush();
  }

  private static String whole(RawHttp2 client, String path, String... headers) throws Exception {
    client.begin(99_999, path, headers);
    client.messagePrefix(99_999, false, 0);
    client.data(99_999, true);
    client.flush();
    return client.status(99_999);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void halfSentHealthChecksLeaveRoomForOthersFromAnyAddress(int attackers) throws Exception {
    RunningServer running = server(Limits.DEFAULT, null);
    for (int i = 0; i < attackers; i++) {
      beginMany(from("127.0.0." + (10 + i), running), CHECK, 1500);
    }
    await().until(() -> running.calls(MethodCalls::inFlight) >= 800);
    for (int i = 0; i < 20; i++) {
      assertThat(whole(from("127.0.0.10", running), CHECK)).as("from the same").isEqualTo("0");
      assertThat(whole(from("127.0.0.2", running), CHECK)).isEqualTo("0");
    }
    assertThat(running.calls(MethodCalls::inFlight)).isLessThanOrEqualTo(1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void watchesOfSomeAddressesLeaveSomeToAnother(int attackers) throws Exception {
    RunningServer running = server(Limits.DEFAULT, null);
    for (int i = 0; i < attackers; i++) {
      RawHttp2 client = from("127.0.0." + (10 + i), running);
      for (int stream = 1; stream < 2000; stream += 2) {
        client.begin(stream, WATCH);
        client.messagePrefix(stream, false, 0);
        client.data(stream, true);
      }
      client.flush();
    }
    await().until(() -> running.calls(MethodCalls::started) == attackers * 1000L);
    long before = refusals(running, "streams");
    assertThat(before).isGreaterThanOrEqualTo(attackers == 1 ? 500 : 2000);
    beginMany(
        from("127.0.0.2", running),
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        20);
    await().until(() -> running.calls(MethodCalls::started) == attackers * 1000L + 20);
    assertThat(refusals(running, "streams")).isEqualTo(before);
    assertThat(running.server.problems())
        .extracting(Problem::reason)
        .containsExactly(ProblemReason.OVER_SHARE);
    assertThat(running.server.problems().getFirst().message()).contains("127.0.0.1");
    running.pass(OverShare.LASTS);
    assertThat(running.server.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void callsThatSomeCallersHoldLeaveSomeToAnother(int attackers) throws Exception {
    RunningServer running = server(SomeLimits.calls(1000), BY_TOKEN);
    running.engine.hold();
    for (int i = 0; i < attackers; i++) {
      RawHttp2 client = from("127.0.0.10", running);
      for (int stream = 1; stream < 1400; stream += 2) {
        broadcast(client, stream, "evil" + i);
      }
      client.flush();
    }
    long least = attackers == 1 ? 200 : 1000;
    await().until(() -> refusals(running, "calls") >= least);
    running.engine.answerWith(FakeEngine.answered(1, 0));
    RawHttp2 good = from("127.0.0.10", running);
    for (int stream = 1; stream < 400; stream += 2) {
      broadcast(good, stream, "good");
      good.flush();
      assertThat(good.status(stream)).isEqualTo("0");
    }
    assertThat(running.server.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("token:evil", "has most"));
  }

  private static void broadcast(RawHttp2 client, int stream, String token) {
    byte[] message = Requests.broadcast();
    client.begin(stream, Rpc.BROADCAST.path(), "authorization", "Bearer " + token);
    client.messagePrefix(stream, false, message.length);
    client.data(stream, true, message);
  }

  @Test
  void halfSentBroadcastsTakeAPartOfTheCallsOnly() throws Exception {
    RunningServer running = server(SomeLimits.calls(1000), BY_TOKEN);
    beginMany(
        from("127.0.0.10", running), Rpc.BROADCAST.path(), 1000, "authorization", "Bearer good");
    await()
        .until(
            () ->
                running.calls(MethodCalls::started) == 1000
                    && running.calls(MethodCalls::inFlight) <= 250);
  }

  @Test
  void connectionsOfOneAddressLeaveSomeToAnother() throws Exception {
    RunningServer running = server(SomeLimits.connections(100), null);
    for (int i = 0; i < 90; i++) {
      from("127.0.0.10", running).flush();
    }
    await().until(() -> running.server.connectionsRefused() >= 40);
    for (int i = 0; i < 20; i++) {
      assertThat(whole(from("127.0.0.2", running), CHECK)).isEqualTo("0");
    }
    for (int i = 0; i < 60; i++) {
      from("127.0.0.11", running).flush();
    }
    assertThat(whole(from("127.0.0.3", running), CHECK)).isEqualTo("0");
    assertThat(running.server.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("connections", "127.0.0.10"));
  }
}
