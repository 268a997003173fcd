package io.pushfanout.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Credentials;
import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.server.FakeEngine;
import io.pushfanout.server.RunningServer;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds {@code docs/openapi.yaml} to real answers, with access control and without. */
@Timeout(60)
class OpenApiTest {
  private static final String PATH = BroadcastPage.PATH;
  private static final String HEAD = "POST " + PATH + " HTTP/1.1\r\nHost: ";
  private static final String LISTED = "https://app.example.com";

  private static OpenApi file;
  private static JsonDoor open;
  private static JsonDoor guarded;
  private static FakeEngine engine;

  @BeforeAll
  static void start() throws Exception {
    file = new OpenApi();
    open = new JsonDoor(new RunningServer(4096), true, null, List.of(LISTED));
    guarded = new JsonDoor(new RunningServer(OpenApiTest::decide), false, null, List.of());
    engine = open.running.engine;
  }

  private static CompletableFuture<Decision> decide(
      Credentials credentials, Authorizer.Right right) {
    return CompletableFuture.completedFuture(
        credentials.token() == null
            ? new Decision.Unauthenticated("no token")
            : new FanoutName("a", "b").equals(right.target())
                ? new Decision.Allowed("token:web")
                : new Decision.Denied("token:web", "no right"));
  }

  @AfterAll
  static void stop() throws Exception {
    open.close();
    guarded.close();
  }

  @BeforeEach
  void answer() {
    engine.answerWith(FakeEngine.answered(2, 1, "a:1"));
  }

  private static HttpResponse<String> page(String path) throws Exception {
    return open.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + open.port() + path)).build());
  }

  @Test
  void pathsAreThoseOfTheServer() throws Exception {
    String there = page("/nothing").body();
    assertThat(there)
        .isEqualTo("not found; there are %s%n", String.join(", ", file.names("/paths")));
    for (String path : file.names("/paths")) {
      if (!path.equals(PATH)) {
        HttpResponse<String> page = page(path);
        file.check("get", path, page.statusCode(), page.headers(), page.body());
      }
    }
  }

  @Test
  void fieldsAreThoseOfABroadcast() throws Exception {
    String all = JsonDoor.message(open.post("{\"nothing\":1}"));
    assertThat(all.substring(all.indexOf("there are ") + 10).split(", "))
        .containsExactlyInAnyOrderElementsOf(
            file.names("/components/schemas/Broadcast/properties"));
  }

  @Test
  void examplesOfFieldsAreTaken() throws Exception {
    for (String field : file.names("/components/schemas/Broadcast/properties")) {
      for (var example :
          file.at("/components/schemas/Broadcast/properties/" + field + "/examples")) {
        String json = "{\"" + field + "\":" + example + "}";
        assertThat(open.post(json).statusCode()).as(json).isEqualTo(200);
        assertThat(file.isRequest(PATH, json)).as(json).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "[{\"op\":1}]",
        "{\"op\":2147483648}",
        "{\"op\":1.5}",
        "{\"op\":\"1\"}",
        "{\"room\":\"\"}",
        "{\"room\":null}",
        "{\"nothing\":1}",
        "{\"body\":\"\",\"bodyBase64\":\"\"}",
        "{\"wait\":true}",
        "{\"messageId\":\"a b\"}",
        "{\"messageId\":\"\"}",
        "{\"timeout\":\"soon\"}",
        "{\"nodes\":[]}",
        "7",
      })
  void schemaAndServerAgreeOnARequest(String json) throws Exception {
    HttpResponse<String> response = open.post(json);
    file.check("post", PATH, response.statusCode(), response.headers(), response.body());
    assertThat(response.statusCode() == 200).isEqualTo(file.isRequest(PATH, json));
  }

  @Test
  void everyStatusIsSeen() throws Exception {
    Set<String> seen = new TreeSet<>();
    List<HttpResponse<String>> responses = new ArrayList<>();
    responses.add(open.post("{}"));
    responses.add(open.post("[{},7]"));
    responses.add(open.post("nonsense"));
    responses.add(guarded.post("{}"));
    responses.add(guarded.post("{\"target\":\"c/d\"}", "Authorization", "Bearer t"));
    responses.add(guarded.post("{\"target\":\"a/b\"}", "Authorization", "Bearer t"));
    responses.add(open.post("{}", "Origin", "https://evil.example"));
    responses.add(open.post("{}", "Content-Encoding", "gzip"));
    responses.add(open.post("{\"body\":\"" + "x".repeat(5000) + "\"}"));
    responses.add(open.send(open.request().PUT(BodyPublishers.ofString("{}")).build()));
    for (Reason reason : Reason.values()) {
      engine.answerWith(FakeEngine.refused(reason, "because", null));
      responses.add(open.post("{}"));
      responses.add(open.post("[{}]"));
    }
    for (Reason reason : List.of(Reason.UNAVAILABLE, Reason.REJECTED, Reason.LIMITED)) {
      engine.answerWith(FakeEngine.refused(reason, "because", Duration.ofMillis(1)));
      responses.add(open.post("{}"));
      responses.add(open.post("[{}]"));
    }
    engine.hold();
    responses.add(open.post("{\"timeout\":\"10ms\"}"));
    for (HttpResponse<String> response : responses) {
      seen.add("" + response.statusCode());
      file.check("post", PATH, response.statusCode(), response.headers(), response.body());
    }
    seen.add(raw(HEAD + "evil.example\r\nContent-Length: 0\r\n\r\n"));
    seen.add(
        raw(
            HEAD
                + "localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
                + "Connection: close\r\n\r\n{"));
    assertThat(seen).containsExactlyInAnyOrderElementsOf(withoutFaults());
  }

  private static Set<String> withoutFaults() {
    Set<String> statuses = new TreeSet<>(file.statuses("post", PATH));
    statuses.remove("500");
    return statuses;
  }

  /** Sends a request whose body may be incomplete, and checks its response. */
  private static String raw(String request) throws Exception {
    try (Socket socket = open.raw(request)) {
      StringBuilder answer = new StringBuilder();
      socket.setSoTimeout(200);
      while (!answer.toString().contains("}}")) {
        open.running.pass(Duration.ofSeconds(61));
        try {
          int next = socket.getInputStream().read();
          assertThat(next).as("after %s", answer).isNotNegative();
          answer.append((char) next);
        } catch (java.net.SocketTimeoutException _) {
          // The sweep for incomplete requests has not come yet.
        }
      }
      String[] parts = answer.toString().split("\r\n\r\n", 2);
      Map<String, List<String>> headers = new TreeMap<>();
      parts[0]
          .lines()
          .skip(1)
          .map(line -> line.split(":", 2))
          .forEach(pair -> headers.put(pair[0].toLowerCase(Locale.ROOT), List.of(pair[1].strip())));
      String status = parts[0].substring(9, 12);
      file.check(
          "post",
          PATH,
          Integer.parseInt(status),
          HttpHeaders.of(headers, (_, _) -> true),
          new String(parts[1].getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
      return status;
    }
  }

  @Test
  void preflightIsAnsweredAsDescribed() throws Exception {
    Set<String> seen = new TreeSet<>();
    for (String origin : List.of(LISTED, "https://evil.example")) {
      HttpResponse<String> response =
          open.send(
              open.request()
                  .header("Origin", origin)
                  .method("OPTIONS", BodyPublishers.noBody())
                  .build());
      file.check("options", PATH, response.statusCode(), response.headers(), response.body());
      seen.add("" + response.statusCode());
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(file.statuses("options", PATH));
  }
}
