package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.kube.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Calls that a real API server authorizes. The server has the rights of the chart's account, and
 * two fanouts, each with one absent node.
 */
@ResourceLock(Cluster.SECOND)
class KubernetesAccessIT {
  @RegisterExtension static final Cluster cluster = Cluster.second();

  @TempDir Path dir;
  private String namespace;
  private String other;
  private String broadcaster;

  @BeforeEach
  void install() throws IOException {
    Installation installed = Installation.in(cluster);
    namespace = installed.namespace();
    other = installed.elsewhere().namespace();
    broadcaster = namespace + "-pushfanout-broadcaster";
    Files.writeString(
        dir.resolve("fanouts.yaml"),
        fanout(namespace, "chat", 1) + "---\n" + fanout(other, "games", 2));
  }

  private static String fanout(String namespace, String name, int port) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {name: %s, namespace: %s}
    spec: {discovery: {static: {nodes: ["127.0.0.1:%d"]}}}
    """
        .formatted(name, namespace, port);
  }

  /** Starts a server that logs everything. */
  private ServeProcess serve(String... flags) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--grpc-port=0",
                "--http-port=0",
                "--log-level=trace",
                "--config=" + dir,
                "--auth=kubernetes"));
    arguments.addAll(List.of(flags));
    return ServeProcess.ready(
        ServeProcess.launch(
            Map.of(
                "KUBECONFIG",
                cluster.file(cluster.serviceAccount(namespace, "pushfanout")).toString()),
            arguments));
  }

  /** Returns the token of a new account. */
  private static String account(String name) {
    return cluster.createServiceAccount(name).token();
  }

  private void bind(String name, String account) {
    kubectl(
        "create",
        "rolebinding",
        name,
        "--clusterrole=" + broadcaster,
        "--serviceaccount=" + namespace + ":" + account,
        "--namespace=" + namespace);
  }

  private static void kubectl(String... arguments) {
    cluster.kubectl().run(arguments).ok();
  }

  @Test
  void onlyCallersWithTheRightToATargetAreAllowed() {
    String web = account("web");
    bind("web", "web");
    String one = account("one");
    kubectl(
        "create",
        "role",
        "one",
        "--verb=create",
        "--resource=pushfanouts.pushfanout.io/broadcast",
        "--resource-name=chat",
        "--namespace=" + namespace);
    kubectl(
        "create",
        "rolebinding",
        "one",
        "--role=one",
        "--serviceaccount=" + namespace + ":one",
        "--namespace=" + namespace);
    String every = account("every");
    kubectl(
        "create",
        "clusterrolebinding",
        namespace + "-every",
        "--clusterrole=" + broadcaster,
        "--serviceaccount=" + namespace + ":every");
    String editor = account("editor");
    kubectl(
        "create",
        "role",
        "editor",
        "--verb=create,update,get,list,watch,patch,delete",
        "--resource=pushfanouts.pushfanout.io",
        "--namespace=" + namespace);
    kubectl(
        "create",
        "rolebinding",
        "editor",
        "--role=editor",
        "--serviceaccount=" + namespace + ":editor",
        "--namespace=" + namespace);
    String nobody = account("nobody");
    String chat = namespace + "/chat";
    String games = other + "/games";
    String unknownHere = namespace + "/unknown";
    String unknownThere = other + "/unknown";

    try (ServeProcess serve = serve();
        AccessCalls calls = new AccessCalls(serve)) {
      SoftAssertions table = new SoftAssertions();
      Object[][] rows = {
        {web, chat, "OK"},
        {web, unknownHere, "NOT_FOUND"},
        {web, games, "PERMISSION_DENIED"},
        {web, unknownThere, "PERMISSION_DENIED"},
        {web, "all", "PERMISSION_DENIED"},
        {web, null, "PERMISSION_DENIED"},
        {one, chat, "OK"},
        {one, unknownHere, "PERMISSION_DENIED"},
        {one, games, "PERMISSION_DENIED"},
        {one, "all", "PERMISSION_DENIED"},
        {every, chat, "OK"},
        {every, games, "OK"},
        {every, "all", "OK"},
        {every, unknownThere, "NOT_FOUND"},
        {every, null, "INVALID_ARGUMENT"}, // Allowed, but there are two fanouts and no default.
        {editor, chat, "PERMISSION_DENIED"},
        {nobody, chat, "PERMISSION_DENIED"},
        {nobody, unknownHere, "PERMISSION_DENIED"},
        {nobody, "all", "PERMISSION_DENIED"},
        {nobody, null, "PERMISSION_DENIED"},
        {"", chat, "UNAUTHENTICATED"},
        {"", "all", "UNAUTHENTICATED"},
        {"", null, "UNAUTHENTICATED"},
        {"opaque-nonsense", chat, "UNAUTHENTICATED"},
        {forged(every), "all", "UNAUTHENTICATED"},
        {cluster.tokenUntil("web", Instant.now().minusSeconds(60)), chat, "UNAUTHENTICATED"},
        {cluster.tokenFor("web", "somebody-else"), chat, "UNAUTHENTICATED"},
        {cluster.tokenFor("web", "https://localhost"), chat, "OK"}, // A rotated token.
        {web, chat, "OK"},
      };
      for (int i = 0; i < rows.length; i++) {
        table
            .assertThat(calls.code((String) rows[i][0], (String) rows[i][1]))
            .as("row %d, %s", i + 1, rows[i][1])
            .isEqualTo(rows[i][2]);
      }
      table.assertAll();

      String denied =
          "kubernetes:system:serviceaccount:%s:nobody has no right to create on"
                  .formatted(namespace)
              + " pushfanouts/broadcast of ";
      assertThat(calls.send(nobody, chat).getDescription()).isEqualTo(denied + chat);
      assertThat(calls.send(nobody, unknownHere).getDescription())
          .as("no word of whether it is there")
          .isEqualTo(denied + unknownHere);
      long refused =
          Arrays.stream(rows)
              .filter(row -> Set.of("PERMISSION_DENIED", "UNAUTHENTICATED").contains(row[2]))
              .count();
      assertThat(serve.metrics().broadcasts("unauthorized")).isEqualTo(refused + 2);

      String soonOver = cluster.tokenUntil("web", Instant.now().plusSeconds(4));
      assertThat(calls.code(soonOver, chat)).isEqualTo("OK");
      await()
          .alias("a token that ends is refused though its review is known")
          .atMost(Duration.ofSeconds(6))
          .until(() -> calls.code(soonOver, chat).equals("UNAUTHENTICATED"));
      long taken = System.nanoTime();
      kubectl("delete", "rolebinding", "web", "--namespace=" + namespace);
      await()
          .alias("a right that is taken away is gone")
          .atMost(Duration.ofSeconds(12))
          .until(() -> calls.code(web, chat).equals("PERMISSION_DENIED"));
      System.err.printf("a right was gone %d ms after it was taken away%n", millisSince(taken));
      assertThatNothingIsSaidOf(calls.shown(), serve);
    }
  }

  /** Returns the token with other claims, which its signature does not match. */
  private static String forged(String token) {
    String[] parts = token.split("\\.", -1);
    char last = parts[1].charAt(parts[1].length() / 2);
    String claims = parts[1].replace(last, last == 'x' ? 'y' : 'x');
    return parts[0] + "." + claims + "." + parts[2];
  }

  @Test
  void aTokenNeedsAConfiguredAudience() {
    String usual = account("web");
    bind("web", "web");
    String chat = namespace + "/chat";
    try (ServeProcess serve = serve("--auth-audience=pushfanout", "--auth-audience=push");
        AccessCalls calls = new AccessCalls(serve)) {
      assertThat(calls.code(cluster.tokenFor("web", "pushfanout"), chat)).isEqualTo("OK");
      assertThat(calls.code(cluster.tokenFor("web", "push"), chat)).isEqualTo("OK");
      assertThat(calls.code(cluster.tokenFor("web", "pull"), chat)).isEqualTo("UNAUTHENTICATED");
      assertThat(calls.code(usual, chat)).isEqualTo("UNAUTHENTICATED");
    }
  }

  @Test
  void withoutTheApiServerOnlyRecentCallersAreAllowedAndNotForLong() {
    String web = account("web");
    bind("web", "web");
    String later = account("later");
    bind("later", "later");
    String chat = namespace + "/chat";
    try (ServeProcess serve = serve();
        AccessCalls calls = new AccessCalls(serve)) {
      assertThat(calls.code(web, chat)).isEqualTo("OK");
      cluster.server().kill();
      long killed = System.nanoTime();
      assertThat(calls.code(web, chat)).as("known").isEqualTo("OK");
      assertThat(calls.code(later, chat)).as("not known").isEqualTo("UNAVAILABLE");
      assertThat(calls.code("nonsense", chat)).as("not known").isEqualTo("UNAVAILABLE");
      assertThat(calls.code("", chat)).isEqualTo("UNAUTHENTICATED");
      await()
          .atMost(Duration.ofSeconds(12))
          .until(() -> calls.code(web, chat).equals("UNAVAILABLE"));
      System.err.printf("who was known came in for %d ms more%n", millisSince(killed));
      assertThat(serve.metrics().broadcasts("unavailable")).isPositive();

      cluster.server().start();
      long started = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> calls.code(web, chat).equals("OK") && calls.code(later, chat).equals("OK"));
      System.err.printf("all come in again after %d ms%n", millisSince(started));
      assertThat(serve.readyCode()).isEqualTo(200);
      assertThatNothingIsSaidOf(calls.shown(), serve);
    }
  }

  private static void assertThatNothingIsSaidOf(Set<String> tokens, ServeProcess serve) {
    assertThat(tokens).isNotEmpty();
    List<String> said =
        List.of(
            serve.stderr(),
            Http.body(serve.http(), "/metrics"),
            Http.body(serve.http(), "/api/v1/status"));
    for (String token : tokens) {
      assertThat(said).noneMatch(text -> text.contains(token));
    }
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }
}
