package io.pushfanout.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.server.RunningServer;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that a page of another site may have caused. */
@Timeout(60)
class BrowsersTest {
  private static final String LISTED = "https://app.example.com";

  private static JsonDoor door;

  @BeforeAll
  static void start() throws Exception {
    door = new JsonDoor(new RunningServer(), true, null, List.of(LISTED));
  }

  @AfterAll
  static void stop() throws Exception {
    door.close();
  }

  @ParameterizedTest
  @CsvSource({
    "https://evil.example, 403",
    "null, 403",
    "http://127.0.0.1:1, 403",
    "https://app.example.com.evil.example, 403",
    "https://app.example.com, 200",
  })
  void foreignOriginIsRefusedWithoutAccessControl(String origin, int status) throws Exception {
    HttpResponse<String> response = door.post("{}", "Origin", origin);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin").isPresent())
        .isEqualTo(status == 200);
    assertThat(response.headers().firstValue("Vary")).hasValue("Origin");
  }

  @Test
  void pageOfTheServerItselfMayBroadcast() throws Exception {
    String own = "http://127.0.0.1:" + door.port();
    assertThat(door.post("{}", "Origin", own).statusCode()).isEqualTo(200);
  }

  @Test
  void listedOriginIsToldWhatItMaySend() throws Exception {
    HttpResponse<String> response =
        door.send(
            door.request()
                .header("Origin", LISTED)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody())
                .build());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue(LISTED);
    assertThat(response.headers().firstValue("Access-Control-Allow-Methods")).hasValue("POST");
    assertThat(response.headers().firstValue("Access-Control-Allow-Headers"))
        .hasValue("content-type, authorization");
  }

  @Test
  void refusalOfAListedOriginIsShownToItsPage() throws Exception {
    HttpResponse<String> response = door.post("nonsense", "Origin", LISTED);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue(LISTED);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 200",
    "localhost, 200",
    "[::1], 200",
    "10.1.2.3:8080, 200",
    "evil.example, 421",
    "pushfanout, 421",
    "pushfanout.default.svc, 421",
  })
  void foreignHostIsRefusedWithoutAccessControl(String host, int status) throws Exception {
    try (Socket socket =
        door.raw(
            "POST /api/v1/broadcast HTTP/1.1\r\nHost: "
                + host
                + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")) {
      byte[] line = socket.getInputStream().readNBytes(12);
      assertThat(new String(line, java.nio.charset.StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 " + status);
    }
  }
}
