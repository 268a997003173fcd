package io.pushfanout.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.server.FakeEngine;
import io.pushfanout.server.RunningServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BroadcastPageTest {
  private static final int MESSAGE_SIZE = 4096;

  private static JsonDoor door;
  private static FakeEngine engine;

  @BeforeAll
  static void start() throws Exception {
    door = new JsonDoor(new RunningServer(MESSAGE_SIZE));
    engine = door.running.engine;
  }

  @AfterAll
  static void stop() throws Exception {
    await("bytes are given back").until(() -> door.running.memory.held() == 0);
    door.close();
  }

  @BeforeEach
  void forget() {
    engine.taken.clear();
    engine.answerWith(FakeEngine.answered(1, 0));
  }

  @Test
  void everyFieldReachesTheEngine() throws Exception {
    HttpResponse<String> response =
        door.post(
            """
            {"target":"prod/chat","room":"lobby","ver":1,"op":5,"seq":-3,"body":"h\\u00e9llo",
             "messageId":"id-1","wait":"delivered","timeout":"5s","nodes":["a:1","b:2"]}
            """);
    assertThat(response.statusCode()).isEqualTo(200);
    BroadcastRequest taken = engine.next().request();
    assertThat(taken.payload().rpc()).isEqualTo(Rpc.BROADCAST_TO_ROOM);
    assertThat(BroadCastRoomReq.parseFrom(taken.payload().bytes()))
        .isEqualTo(
            BroadCastRoomReq.newBuilder()
                .setRoomId("lobby")
                .setProto(
                    Proto.newBuilder()
                        .setVer(1)
                        .setOp(5)
                        .setSeq(-3)
                        .setBody(com.google.protobuf.ByteString.copyFromUtf8("h\u00e9llo"))
                        .setRoomid("lobby"))
                .build());
    assertThat(taken.target()).isEqualTo(new Target.Named(new FanoutName("prod", "chat")));
    assertThat(taken.nodes()).isEqualTo(Set.of(new NodeAddress("a", 1), new NodeAddress("b", 2)));
    assertThat(taken.receipt()).isTrue();
    assertThat(taken.id()).isEqualTo(new BroadcastRequest.MessageId("", "id-1"));
    assertThat(taken.deadlineNanos())
        .isEqualTo(RunningServer.CLOCK + Duration.ofSeconds(5).toNanos());
  }

  @Test
  void fieldsLeftOutAreZeroAndEmpty() throws Exception {
    assertThat(door.post("{}").statusCode()).isEqualTo(200);
    BroadcastRequest taken = engine.next().request();
    assertThat(BroadCastReq.parseFrom(taken.payload().bytes()))
        .isEqualTo(BroadCastReq.newBuilder().setProto(Proto.getDefaultInstance()).build());
    assertThat(taken.target()).isEqualTo(new Target.Unnamed());
    assertThat(taken.nodes()).isNull();
    assertThat(taken.receipt()).isFalse();
    assertThat(taken.id()).isNull();
    assertThat(taken.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void replyHasTheNamesOfTheProtoFileAndItsZeros() throws Exception {
    engine.answerWith(FakeEngine.answered(2, 1, "a:1"));
    HttpResponse<String> response = door.post("{\"bodyBase64\":\"/+8=\"}");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(new JsonObject(response.body()))
        .isEqualTo(
            new JsonObject()
                .put("code", "1")
                .put("msg", "PARTIAL")
                .put("desc", "2 of 3 nodes took the message; 1 dropped it.")
                .put("nodes", 3)
                .put("accepted", 2)
                .put("dropped", 1)
                .put("dropped_nodes", new JsonArray().add("a:1"))
                .put("waiting", 0)
                .put("skipped", 0)
                .put("delivered", 0)
                .put("failed", 0)
                .put("pending", 0));
    assertThat(
            BroadCastReq.parseFrom(engine.next().request().payload().bytes())
                .getProto()
                .getBody()
                .toByteArray())
        .containsExactly(0xff, 0xef);
  }

  @Test
  void listGetsAnEntryForEachItemInOrder() throws Exception {
    HttpResponse<String> response =
        door.post(
            """
            [{"op":1}, {"op":"two"}, 3, {"op":4,"body":"a","bodyBase64":"YQ=="}, {"op":5}]
            """);
    assertThat(response.statusCode()).isEqualTo(200);
    JsonArray entries = JsonDoor.list(response);
    assertThat(entries).hasSize(5);
    assertThat(entries.getJsonObject(0).getString("code")).isEqualTo("0");
    assertThat(JsonDoor.error(entries.getValue(1)))
        .isEqualTo(
            new JsonObject()
                .put("code", "INVALID_ARGUMENT")
                .put("message", "op: must be a whole number of 32 bits"));
    assertThat(JsonDoor.error(entries.getValue(2)).getString("message"))
        .isEqualTo("the item is no object");
    assertThat(JsonDoor.error(entries.getValue(3)).getString("message"))
        .isEqualTo("bodyBase64: given beside body");
    assertThat(entries.getJsonObject(4).getString("code")).isEqualTo("0");
    assertThat(ops(2)).isEqualTo("1 5");
  }

  private static String ops(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            _ -> {
              try {
                byte[] bytes = engine.next().request().payload().bytes();
                return Integer.toString(BroadCastReq.parseFrom(bytes).getProto().getOp());
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            })
        .collect(Collectors.joining(" "));
  }

  @Test
  void emptyListGetsAnEmptyList() throws Exception {
    HttpResponse<String> response = door.post("[]");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("[]");
  }

  @Test
  void aThousandItemsAreOfferedInOrderAndOneMoreIsRefused() throws Exception {
    String list =
        IntStream.range(0, 1000)
            .mapToObj(i -> "{\"op\":" + i + "}")
            .collect(Collectors.joining(",", "[", ""));
    HttpResponse<String> tooMany = postLarge(list + ",{}]");
    assertThat(tooMany.statusCode()).isEqualTo(400);
    assertThat(engine.taken).isEmpty();
  }

  private static HttpResponse<String> postLarge(String json) throws Exception {
    try (JsonDoor large = new JsonDoor(new RunningServer())) {
      HttpResponse<String> whole = large.post(json.substring(0, json.length() - 4) + "]");
      assertThat(JsonDoor.list(whole)).hasSize(1000);
      assertThat(large.running.engine.taken).hasSize(1000);
      int op = 0;
      for (FakeEngine.Taken each : large.running.engine.taken) {
        assertThat(BroadCastReq.parseFrom(each.request().payload().bytes()).getProto().getOp())
            .isEqualTo(op++);
      }
      return large.post(json);
    }
  }

  @Test
  void heldItemHoldsUpNoOther() throws Exception {
    engine.hold();
    CompletableFuture<HttpResponse<String>> response =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return door.post("[{\"op\":1,\"wait\":\"delivered\"},{\"op\":2}]");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    FakeEngine.Taken first = engine.next();
    FakeEngine.Taken second = engine.next();
    second.answer().accept(FakeEngine.answered(2, 0));
    first.answer().accept(FakeEngine.answered(1, 0));
    JsonArray entries = JsonDoor.list(response.get());
    assertThat(entries.getJsonObject(0).getInteger("accepted")).isEqualTo(1);
    assertThat(entries.getJsonObject(1).getInteger("accepted")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "TARGET_REQUIRED, 0, 400, INVALID_ARGUMENT,",
    "UNKNOWN_TARGET, 0, 404, NOT_FOUND,",
    "ID_TAKEN, 0, 409, ALREADY_EXISTS,",
    "UNAVAILABLE, 0, 503, UNAVAILABLE,",
    "UNAVAILABLE, 2000, 503, UNAVAILABLE, 2",
    "REJECTED, 100, 429, RESOURCE_EXHAUSTED, 1",
    "REJECTED, 0, 413, RESOURCE_EXHAUSTED,",
    "LIMITED, 1001, 429, RESOURCE_EXHAUSTED, 2",
  })
  void refusalsOfTheEngineHaveTheirStatus(
      Reason reason, int retryMillis, int status, String code, String retryAfter) throws Exception {
    engine.answerWith(
        FakeEngine.refused(
            reason, "because", retryMillis == 0 ? null : Duration.ofMillis(retryMillis)));
    HttpResponse<String> response = door.post("{}");
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(new JsonObject(response.body()))
        .isEqualTo(
            new JsonObject()
                .put("error", new JsonObject().put("code", code).put("message", "because")));
    assertThat(response.headers().firstValue("Retry-After").orElse(null)).isEqualTo(retryAfter);
    HttpResponse<String> list = door.post("[{}]");
    assertThat(list.statusCode()).isEqualTo(200);
    assertThat(list.headers().firstValue("Retry-After").orElse(null)).isEqualTo(retryAfter);
    assertThat(JsonDoor.error(JsonDoor.list(list).getValue(0)).getString("code")).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"target\":\"nonsense\"} | target: must be <namespace>/<name> of a fanout, or all",
        "{\"target\":\"\"} | target: must be <namespace>/<name> of a fanout, or all",
        "{\"wait\":\"forever\"} | wait: must be delivered",
        "{\"messageId\":\"a b\"} | messageId: must be 1 to 128 visible ASCII characters",
        "{\"nodes\":[\"nonsense\"]} | nodes: must be host:port, is nonsense",
        "{\"nodes\":[\"\"]} | nodes: an entry is empty; entries are host:port",
      })
  void valuesOfMetadataAreRefusedByTheirField(String json, String message) throws Exception {
    long invalid = door.running.counted(CallOutcome.INVALID);
    HttpResponse<String> response = door.post(json);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(JsonDoor.message(response)).startsWith(message.substring(0, 10));
    assertThat(door.running.counted(CallOutcome.INVALID)).isEqualTo(invalid + 1);
    assertThat(engine.taken).isEmpty();
  }

  @Test
  void messageOverItsLimitIsRefusedWithoutDelay() throws Exception {
    HttpResponse<String> response = door.post("{\"body\":\"" + "x".repeat(MESSAGE_SIZE) + "\"}");
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(JsonDoor.code(response)).isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(response.headers().firstValue("Retry-After")).isEmpty();
  }

  @Test
  void announcedBodyOverTheLimitIsRefusedUnread() throws Exception {
    long limited = door.running.counted(CallOutcome.LIMITED);
    try (Socket socket =
        door.raw(
            "POST /api/v1/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                + " application/json\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n")) {
      assertThat(head(socket)).startsWith("HTTP/1.1 413").containsIgnoringCase("connection: close");
      assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
    }
    assertThat(door.running.counted(CallOutcome.LIMITED)).isEqualTo(limited + 1);
  }

  @Test
  void chunkedBodyOverTheLimitIsRefused() throws Exception {
    HttpResponse<String> response =
        door.send(
            door.request()
                .POST(
                    BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[2 * MESSAGE_SIZE + 1])))
                .build());
    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void chunkedBodyWithinTheLimitIsRead() throws Exception {
    byte[] json = "{\"op\":7}".getBytes(StandardCharsets.UTF_8);
    HttpResponse<String> response =
        door.send(
            door.request()
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(json)))
                .build());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(ops(1)).isEqualTo("7");
  }

  private static String head(Socket socket) throws Exception {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("after %s", head).isNotNegative();
      head.append((char) next);
    }
    return head.toString();
  }

  @Test
  void senderThatExpectsItGetsContinue() throws Exception {
    try (Socket socket =
        door.raw(
            "POST /api/v1/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                + " application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")) {
      assertThat(head(socket)).startsWith("HTTP/1.1 100");
      socket.getOutputStream().write("{}".getBytes(StandardCharsets.UTF_8));
      assertThat(head(socket)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void pipelinedRequestsGetTheirRepliesInOrder() throws Exception {
    String post =
        "POST /api/v1/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
            + " application/json\r\nContent-Length: %d\r\n\r\n%s";
    String good = "{\"op\":1}";
    String bad = "{\"op\":x}";
    try (Socket socket =
        door.raw(
            post.formatted(good.length(), good)
                + post.formatted(bad.length(), bad)
                + post.formatted(good.length(), good))) {
      assertThat(status(socket)).isEqualTo("200");
      assertThat(status(socket)).isEqualTo("400");
      assertThat(status(socket)).isEqualTo("200");
    }
  }

  private static String status(Socket socket) throws Exception {
    String head = head(socket);
    int length =
        head.lines()
            .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .sum();
    assertThat(socket.getInputStream().readNBytes(length)).hasSize(length);
    return head.substring(9, 12);
  }

  @Test
  void bodyThatIsNotWholeInTimeIsRefused() throws Exception {
    try (Socket socket =
        door.raw(
            "POST /api/v1/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                + " application/json\r\nContent-Length: 100\r\n\r\n{\"op\":")) {
      await().until(() -> door.running.memory.held() > 0);
      door.running.pass(Duration.ofSeconds(61));
      assertThat(head(socket)).startsWith("HTTP/1.1 408");
    }
    await().until(() -> door.running.memory.held() == 0);
  }

  @Test
  void callerThatGoesCancelsItsBroadcasts() throws Exception {
    engine.hold();
    String body = "[{\"op\":1},{\"op\":2}]";
    FakeEngine.Taken first;
    FakeEngine.Taken second;
    try (Socket _ =
        door.raw(
            "POST /api/v1/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                + " application/json\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body)) {
      first = engine.next();
      second = engine.next();
      assertThat(first.hookRuns()).isEmpty();
    }
    assertThat(first.hookRuns().poll(10, java.util.concurrent.TimeUnit.SECONDS)).isNotNull();
    assertThat(second.hookRuns().poll(10, java.util.concurrent.TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void timeoutEndsTheWaitOfABroadcastThatTheEngineHolds() throws Exception {
    engine.hold();
    HttpResponse<String> response = door.post("{\"timeout\":\"50ms\"}");
    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(JsonDoor.code(response)).isEqualTo("DEADLINE_EXCEEDED");
    assertThat(engine.next().hookRuns().poll(10, java.util.concurrent.TimeUnit.SECONDS))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "PATCH"})
  void otherMethodsNameTheAllowedOnes(String method) throws Exception {
    HttpResponse<String> response =
        door.send(door.request().method(method, BodyPublishers.noBody()).build());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("POST, OPTIONS");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      delimiter = '|',
      value = {
        "application/json | 200",
        "Application/JSON; charset=UTF-8 | 200",
        "application/json;charset=\"utf-8\" | 200",
        "application/json; charset=utf-16 | 415",
        "text/plain | 415",
        "application/x-www-form-urlencoded | 415",
        "application/json-seq | 415",
        "nonsense | 415",
      })
  void contentTypeIsJsonInUtf8(String type, int status) throws Exception {
    HttpResponse<String> response =
        door.send(
            door.request()
                .setHeader("Content-Type", type)
                .POST(BodyPublishers.ofString("{}"))
                .build());
    assertThat(response.statusCode()).isEqualTo(status);
  }

  @Test
  void compressedBodyIsRefused() throws Exception {
    assertThat(door.post("{}", "Content-Encoding", "gzip").statusCode()).isEqualTo(415);
  }

  @Test
  void callersListOfProcessesCounts() throws Exception {
    HttpResponse<String> response =
        door.post("{}", "pushfanout-via", "aaaaaaaa,bbbbbbbb,cccccccc,d,e,f,g,h");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(JsonDoor.code(response)).isIn("FAILED_PRECONDITION", "INVALID_ARGUMENT");
  }
}
