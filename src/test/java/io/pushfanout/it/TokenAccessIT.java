package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.hash.Hashing;
import io.pushfanout.it.FanoutStatus.Problem;
import io.pushfanout.tools.ChildProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of tokens, from the command that makes an entry to the command that sends the token. */
class TokenAccessIT {
  private static final String TARGET = "default/default";

  /** A name in the JVM's own file of hosts, which the server must treat as reachable by others. */
  private static final String HOST = "push.example";

  @TempDir Path dir;

  private static String postWith(String http, String token, String json) {
    return Http.postJson(http, "/api/v1/broadcast", json, "Authorization", "Bearer " + token);
  }

  @Test
  void theFileDecidesWhichCallersAreAllowedAndIsFollowed() throws Exception {
    Path tokens = dir.resolve("tokens");
    String web = entryOfThePage(tokens, "web", TARGET);
    String every = token("every");
    write(tokens, Files.readString(tokens) + line("every", every, "all"));
    Path hosts = Files.writeString(dir.resolve("hosts"), "127.0.0.1 " + HOST + "\n");
    Map<String, String> environment =
        Map.of(
            "PUSHFANOUT_JAVA_OPTS",
            // Vert.x has a resolver of its own.
            "-Dvertx.disableDnsResolver=true -Djdk.net.hosts.file=" + hosts,
            "PUSHFANOUT_AUTH",
            "tokens," + tokens);
    List<String> arguments =
        List.of(
            "serve",
            "--node=127.0.0.1:1",
            "--grpc-port=0",
            "--http-port=0",
            "--log-level=trace",
            "--bind=" + HOST);
    try (ServeProcess serve = ServeProcess.listening(ServeProcess.launch(environment, arguments))) {
      String http = serve.http().replace(HOST, "127.0.0.1");
      String grpc = serve.grpc().replace(HOST, "127.0.0.1");
      await().until(() -> Http.get(http, "/readyz").statusCode() == 200);
      try (AccessCalls calls = new AccessCalls(grpc)) {
        assertThat(calls.code(web, TARGET)).isEqualTo("OK");
        assertThat(calls.code(web, "all")).isEqualTo("PERMISSION_DENIED");
        assertThat(calls.code(web, null)).isEqualTo("PERMISSION_DENIED");
        assertThat(calls.code(every, null)).isEqualTo("OK");
        assertThat(calls.code("", TARGET)).isEqualTo("UNAUTHENTICATED");
        assertThat(postWith(http, web, "{\"target\":\"default/default\"}"))
            .startsWith("200 {\"code\"");
        assertThat(postWith(http, web, "{}")).startsWith("403 ");
        assertThat(postWith(http, web, "[{\"target\":\"default/default\"},{}]"))
            .startsWith("200 [{\"code\"")
            .contains("\"PERMISSION_DENIED\"");
        assertThat(postWith(http, "nobody", "{}")).startsWith("401 ");
        String next = token("next");
        assertThat(calls.code(next, TARGET)).isEqualTo("UNAUTHENTICATED");

        long written = System.nanoTime();
        write(tokens, line("web", next, TARGET) + line("every", every, "all"));
        await()
            .atMost(Duration.ofSeconds(5))
            .pollInterval(Duration.ofMillis(20))
            .until(() -> calls.code(next, TARGET).equals("OK"));
        System.err.printf("a token was in force after %d ms%n", millisSince(written));
        assertThat(calls.code(web, TARGET)).as("replaced").isEqualTo("UNAUTHENTICATED");

        write(tokens, "every " + every + " all\n");
        await()
            .until(() -> serve.stderr().contains(tokens + ":1: the second word must be sha256:"));
        assertThat(calls.code(every, "all")).as("the last good ones stay").isEqualTo("OK");
        String whileBroken = Http.body(http, "/api/v1/status");
        List<Problem> problems = Problem.all(new JsonObject(whileBroken));
        assertThat(problems)
            .extracting(Problem::reason)
            .containsExactly("TokensNotReloaded", "Exposed");
        assertThat(problems.getFirst().message())
            .startsWith(tokens + ":1: the second word must be sha256:");
        assertThat(reloaded(http)).isZero();

        Instant soon = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
        write(tokens, line("every", every, "all").strip() + " expires=" + soon + "\n");
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> calls.code(every, "all").equals("UNAUTHENTICATED"));
        assertThat(Instant.now()).isAfterOrEqualTo(soon);

        String warning =
            "callers send their tokens to push.example in clear text, for there is no TLS";
        assertThat(serve.stderr()).contains("WARN", warning);
        assertThat(new JsonObject(Http.body(http, "/api/v1/status")).getJsonArray("problems"))
            .isEqualTo(
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("node", "")
                            .put("reason", "Exposed")
                            .put("message", warning)));
        assertThat(reloaded(http)).isEqualTo(1);
        assertThatNothingIsSaidOf(calls.shown(), serve.stderr() + whileBroken, http);
      }
    }
  }

  private static long reloaded(String http) {
    return Scrape.of(Http.body(http, "/metrics"))
        .sum("pushfanout_files_last_reload_successful", Map.of("files", "tokens"));
  }

  @Test
  void theCommandShowsTheTokenOfAFile() throws Exception {
    Path tokens = dir.resolve("tokens");
    String web = token("web");
    write(tokens, line("web", web, TARGET));
    Path shown = Files.writeString(dir.resolve("token"), web + "\n");
    try (ServeProcess serve =
        ServeProcess.start(List.of("127.0.0.1:1"), "--auth", "tokens", tokens.toString())) {
      assertThat(broadcast(serve, Map.of(), "--token-file=" + shown, "--target=" + TARGET))
          .isEqualTo("0 OK: 1 of 1 node took the message.\n");
      assertThat(
              broadcast(
                  serve,
                  Map.of("PUSHFANOUT_TOKEN_FILE", shown.toString(), "PUSHFANOUT_TARGET", TARGET)))
          .startsWith("0 OK");
      assertThat(broadcast(serve, Map.of(), "--token-file=" + shown))
          .isEqualTo(
              "1 pushfanout broadcast: PERMISSION_DENIED: token:web has no right to broadcast to"
                  + " all targets, which a call needs that names no target by --target, the"
                  + " metadata pushfanout-target\n");
      assertThat(broadcast(serve, Map.of()))
          .isEqualTo(
              "1 pushfanout broadcast: UNAUTHENTICATED: no bearer token: send the metadata"
                  + " authorization: Bearer <token>, once\n");
      assertThat(serve.metrics().broadcasts("unauthorized")).isEqualTo(2);
    }
  }

  private static String broadcast(
      ServeProcess serve, Map<String, String> environment, String... flags) {
    List<String> arguments = new ArrayList<>(List.of("broadcast", "--to", serve.grpc()));
    arguments.addAll(List.of(flags));
    arguments.add("hello");
    try (ChildProcess broadcast = ServeProcess.launch(environment, arguments)) {
      int exit = broadcast.awaitExit(Duration.ofSeconds(60));
      return exit + " " + broadcast.stdout() + broadcast.stderr();
    }
  }

  /** Makes an entry by the page's shell commands, and returns the token. */
  private String entryOfThePage(Path tokens, String name, String target) throws Exception {
    String page = Files.readString(Path.of("docs", "access.md"));
    int start = page.indexOf("    umask 077");
    String recipe =
        page.substring(start, page.indexOf("\n\n", start))
            .replace("billing", name)
            .replace("acme/chat", target);
    Process shell =
        new ProcessBuilder("sh", "-e", "-c", recipe)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
    assertThat(tokens).exists();
    assertThat(Files.getPosixFilePermissions(tokens))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    return Files.readString(dir.resolve(name + ".token")).strip();
  }

  private static String token(String name) {
    return "secret-of-" + name;
  }

  private static String line(String name, String token, String targets) {
    String hash = Hashing.sha256().hashString(token, StandardCharsets.UTF_8).toString();
    return "%s sha256:%s %s\n".formatted(name, hash, targets);
  }

  /** Replaces the file in one step, as most editors do. */
  private static void write(Path file, String text) throws IOException {
    Path next = Files.writeString(file.resolveSibling("next"), text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void assertThatNothingIsSaidOf(Set<String> tokens, String log, String http) {
    List<String> said =
        List.of(log, Http.body(http, "/metrics"), Http.body(http, "/api/v1/status"));
    assertThat(tokens).isNotEmpty();
    for (String token : tokens) {
      assertThat(said).noneMatch(text -> text.contains(token));
    }
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
