package io.pushfanout.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.audit.AuditRecord;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.BearerToken;
import io.pushfanout.auth.Credentials;
import io.pushfanout.auth.Decision;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.server.RunningServer;
import io.pushfanout.tools.SomeLimits;
import io.vertx.core.json.JsonArray;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Access check, limits and audit records of broadcasts by HTTP. */
@Timeout(60)
class AccessTest {
  private final BlockingQueue<AuditRecord> records = new LinkedBlockingQueue<>();
  private final CompletableFuture<Decision> late = new CompletableFuture<>();
  private JsonDoor door;

  private final class Sink implements AuditSink {
    @Override
    public void add(AuditRecord call) {
      records.add(call);
    }

    @Override
    public void leaveOut() {}
  }

  /** The token {@code web} may broadcast to a/b, and {@code late} once decided. */
  private CompletableFuture<Decision> decide(Credentials credentials, Authorizer.Right right) {
    BearerToken token = credentials.token();
    if (token == null) {
      return CompletableFuture.completedFuture(new Decision.Unauthenticated("no token"));
    }
    if (token.is("late")) {
      return late;
    }
    return CompletableFuture.completedFuture(
        new FanoutName("a", "b").equals(right.target())
            ? new Decision.Allowed("token:web")
            : new Decision.Denied("token:web", "token:web has no right"));
  }

  @BeforeEach
  void start() throws Exception {
    door =
        new JsonDoor(
            new RunningServer(SomeLimits.callerRate(5), this::decide, new Sink()),
            false,
            null,
            List.of());
  }

  @AfterEach
  void stop() throws Exception {
    await().until(() -> door.running.memory.held() == 0);
    door.close();
    assertThat(records).as("one record for each broadcast").isEmpty();
  }

  private AuditRecord next() throws InterruptedException {
    AuditRecord next = records.poll(10, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  @Test
  void eachItemNeedsItsRight() throws Exception {
    HttpResponse<String> response =
        door.post(
            "[{\"target\":\"a/b\",\"room\":\"r\",\"messageId\":\"m\"},{\"target\":\"c/d\"},{}]",
            "Authorization",
            "Bearer web");
    JsonArray entries = JsonDoor.list(response);
    assertThat(entries.getJsonObject(0).getString("msg")).isEqualTo("OK");
    assertThat(JsonDoor.error(entries.getValue(1)).getString("code"))
        .isEqualTo("PERMISSION_DENIED");
    assertThat(JsonDoor.error(entries.getValue(2)).getString("code"))
        .isEqualTo("PERMISSION_DENIED");
    assertThat(door.running.engine.taken).hasSize(1);
    AuditRecord good = next();
    AuditRecord first = good.status().equals("OK") ? good : next();
    assertThat(first.caller()).isEqualTo("token:web");
    assertThat(first.method()).isEqualTo("BroadcastToRoom");
    assertThat(first.target()).isEqualTo("a/b");
    assertThat(first.room()).isEqualTo("r");
    assertThat(first.messageId()).isEqualTo("m");
    assertThat(first.bytes()).isPositive();
    records.clear();
  }

  @Test
  void callerWithoutATokenIsRefusedUnread() throws Exception {
    try (Socket socket =
        door.raw(
            "POST /api/v1/broadcast HTTP/1.1\r\nHost: any.example\r\nContent-Type:"
                + " application/json\r\nContent-Length: 1000\r\n\r\n")) {
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 401");
    }
    AuditRecord refused = next();
    assertThat(refused.outcome() + " " + refused.status())
        .isEqualTo("unauthorized UNAUTHENTICATED");
    assertThat(door.running.counted(CallOutcome.UNAUTHORIZED)).isEqualTo(1);
    HttpResponse<String> twice =
        door.post("[{}]", "Authorization", "Bearer web", "Authorization", "Bearer web");
    assertThat(twice.statusCode()).isEqualTo(401);
    assertThat(twice.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    next();
  }

  @Test
  void invalidRequestIsRecordedOnceWithItsCaller() throws Exception {
    assertThat(door.post("[{},", "Authorization", "Bearer web").statusCode()).isEqualTo(400);
    AuditRecord refused = next();
    assertThat(refused.caller()).isEqualTo("token:web");
    assertThat(refused.outcome() + " " + refused.status()).isEqualTo("invalid INVALID_ARGUMENT");
  }

  @Test
  void requestWaitsForTheDecisionAboutItsCaller() throws Exception {
    CompletableFuture<HttpResponse<String>> response =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return door.post("[{\"op\":1},{\"op\":2}]", "Authorization", "Bearer late");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(door.running.engine.taken.poll(100, TimeUnit.MILLISECONDS)).isNull();
    late.complete(new Decision.Allowed("token:late"));
    assertThat(JsonDoor.list(response.get(20, TimeUnit.SECONDS))).hasSize(2);
    assertThat(next().status()).isEqualTo("OK");
    assertThat(next().status()).isEqualTo("OK");
  }

  @Test
  void rateCountsEachItem() throws Exception {
    String item = "{\"target\":\"a/b\"}";
    HttpResponse<String> response =
        door.post("[" + (item + ",").repeat(5) + item + "]", "Authorization", "Bearer web");
    JsonArray entries = JsonDoor.list(response);
    assertThat(entries.getJsonObject(4).getString("msg")).isEqualTo("OK");
    assertThat(JsonDoor.error(entries.getValue(5)).getString("code"))
        .isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
    HttpResponse<String> one = door.post(item, "Authorization", "Bearer web");
    assertThat(one.statusCode()).isEqualTo(429);
    assertThat(one.headers().firstValue("Retry-After")).hasValue("1");
    for (int i = 0; i < 7; i++) {
      next();
    }
  }

  @Test
  void closingServerRefusesNewRequests() throws Exception {
    door.running.server.refuseNew();
    HttpResponse<String> response = door.post("{}", "Authorization", "Bearer web");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(JsonDoor.code(response)).isEqualTo("UNAVAILABLE");
    next();
  }
}
