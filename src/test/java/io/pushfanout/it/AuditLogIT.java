package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.common.hash.Hashing;
import io.pushfanout.tools.ChildProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit log of the program: the caller, the target and the result of each call. */
class AuditLogIT {
  private static final String SECRET = "secret-of-billing";
  private static final String TARGET = "default/default";

  @TempDir Path dir;

  @Test
  void everyCallHasALineInTheFileThatHasTheName() throws Exception {
    String hash = Hashing.sha256().hashString(SECRET, StandardCharsets.UTF_8).toString();
    Path tokens =
        Files.writeString(dir.resolve("tokens"), "billing sha256:%s %s\n".formatted(hash, TARGET));
    Path file = dir.resolve("audit.jsonl");
    Path rotated = dir.resolve("audit.jsonl.1");
    try (ServeProcess serve =
            ServeProcess.start(
                List.of("127.0.0.1:1"), "--auth=tokens," + tokens, "--audit-log=" + file);
        AccessCalls calls = new AccessCalls(serve)) {
      assertThat(calls.code(SECRET, TARGET)).isEqualTo("OK");
      assertThat(calls.code(SECRET, "all")).isEqualTo("PERMISSION_DENIED");
      assertThat(calls.code("wrong", TARGET)).isEqualTo("UNAUTHENTICATED");
      await().until(() -> lines(file).size() == 3);
      assertThat(lines(file))
          .extracting(
              line -> line.getString("caller"),
              line -> line.getString("target"),
              line -> line.getString("outcome"),
              line -> line.getString("address"))
          .containsExactly(
              tuple("token:billing", TARGET, "ok", "127.0.0.1"),
              tuple("token:billing", "all", "unauthorized", "127.0.0.1"),
              tuple(null, TARGET, "unauthorized", "127.0.0.1"));

      Files.move(file, rotated);
      assertThat(calls.code(SECRET, TARGET)).isEqualTo("OK");
      await().until(() -> Files.exists(file) && lines(file).size() == 1);
      assertThat(lines(rotated)).hasSize(3);
      assertThat(serve.metrics().sum("pushfanout_audit_lines_total", Map.of())).isEqualTo(4);
      assertThat(serve.metrics().sum("pushfanout_audit_left_out_total", Map.of())).isZero();

      assertThat(calls.code(SECRET, TARGET)).isEqualTo("OK");
      serve.terminate();
      assertThat(serve.awaitExit(Duration.ofSeconds(30))).isZero();
      assertThat(lines(file)).hasSize(2);
      assertThat(Files.readString(rotated) + Files.readString(file)).doesNotContain(SECRET);
    }
  }

  @Test
  void stdoutHasTheLinesAndNothingElse() {
    List<String> serve = List.of("serve", "--node=127.0.0.1:1", "--grpc-port=0", "--http-port=0");
    ChildProcess process = ServeProcess.launch(Map.of("PUSHFANOUT_AUDIT_LOG", "-"), serve);
    try (ServeProcess running = ServeProcess.ready(process);
        AccessCalls calls = new AccessCalls(running)) {
      assertThat(calls.code("", null)).isEqualTo("OK");
      await().until(() -> process.stdout().endsWith("\n"));
      assertThat(new JsonObject(process.stdout()).getString("outcome")).isEqualTo("ok");
    }
  }

  private static List<JsonObject> lines(Path file) throws IOException {
    return Files.readString(file).lines().map(JsonObject::new).toList();
  }
}
