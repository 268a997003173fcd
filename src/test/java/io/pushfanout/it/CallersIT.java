package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.Ports;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The callers of the docs, side by side at one server. Each has a target of two nodes: the first
 * answers, the second holds a message and has room for one more until it is released.
 */
class CallersIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path dir;

  @Test
  void eachRepeatsAMessageUntilAllNodesHaveIt() throws Exception {
    CallerExample[] callers = CallerExample.values();
    Path audit = dir.resolve("audit.jsonl");
    try (PeerNodes nodes = PeerNodes.recordingCalls(2 * callers.length);
        ExecutorService threads = Executors.newFixedThreadPool(callers.length)) {
      StringBuilder resources = new StringBuilder();
      StringBuilder tokens = new StringBuilder();
      for (CallerExample caller : callers) {
        nodes.hold(held(caller));
        resources.append(resource(caller, nodes));
        tokens.append(token(caller));
      }
      try (ServeProcess serve =
          ServeProcess.start(
              List.of(),
              "--config=" + Files.writeString(dir.resolve("fanouts.yaml"), resources),
              "--auth=tokens," + Files.writeString(dir.resolve("tokens"), tokens),
              "--max-caller-rate=1",
              "--audit-log=" + audit)) {
        List<Future<?>> runs = new ArrayList<>();
        for (CallerExample caller : callers) {
          runs.add(threads.submit(() -> new Run(caller, serve.grpc(), audit).all(nodes)));
        }
        for (Future<?> run : runs) {
          run.get();
        }
      }
    }
  }

  private static int held(CallerExample caller) {
    return 2 * List.of(CallerExample.values()).indexOf(caller) + 1;
  }

  private static String target(CallerExample caller) {
    return "default/" + caller.title();
  }

  private static String resource(CallerExample caller, PeerNodes nodes) {
    return """
        ---
        apiVersion: pushfanout.io/v1alpha1
        kind: PushFanout
        metadata: {name: %s}
        spec:
          discovery: {static: {nodes: ["%s", "%s"]}}
          workers: 1
          queueSize: 1
          rpcTimeout: 60s
          delivery: {mode: Unary}
        """
        .formatted(caller.title(), nodes.address(held(caller) - 1), nodes.address(held(caller)));
  }

  private static String token(CallerExample caller) {
    String hash =
        Hashing.sha256().hashString("token of " + caller, StandardCharsets.UTF_8).toString();
    return "%s sha256:%s all\n".formatted(caller.title(), hash);
  }

  private static String hash(String body) {
    Proto message = Proto.newBuilder().setBody(ByteString.copyFromUtf8(body)).build();
    byte[] request = BroadCastReq.newBuilder().setProto(message).build().toByteArray();
    return Hashing.sha256().hashBytes(request).toString();
  }

  /** The runs of one caller, one after the other. */
  private final class Run {
    private final CallerExample caller;
    private final String server;
    private final Path script;
    private final Path audit;
    private final Map<String, String> environment = new HashMap<>();

    Run(CallerExample caller, String server, Path audit) throws IOException {
      this.caller = caller;
      this.script = caller.copyTo(dir.resolve("checkout of " + caller.title()));
      this.audit = audit;
      Path token = dir.resolve(caller.title() + ".token");
      environment.put(
          "PUSHFANOUT_TOKEN_FILE",
          Files.writeString(token, "token of " + caller + "\n").toString());
      environment.put("PUSHFANOUT_TARGET", target(caller));
      this.server = server;
    }

    Void all(PeerNodes nodes) throws IOException {
      String down = "127.0.0.1:" + Ports.free();
      environment.put("PUSHFANOUT_TO", down + "," + server);
      assertThat(send("one", 0)).isEqualTo("OK: 2 of 2 nodes took the message.\n");
      environment.put("PUSHFANOUT_TO", server);
      assertThat(send("two", 0)).isEqualTo("OK: 2 of 2 nodes took the message.\n");
      try (ChildProcess third = caller.start(script, environment, "three")) {
        await()
            .atMost(LIMIT)
            .until(() -> outcomes().values().stream().anyMatch(all -> all.contains("partial")));
        nodes.answer(held(caller));
        assertThat(third.awaitExit(LIMIT)).as("%s", third).isZero();
        assertThat(third.stdout()).isEqualTo("OK: 1 of 1 node took the message.\n");
      }
      nodes.awaitReceived(held(caller), 3);
      for (int node = held(caller) - 1; node <= held(caller); node++) {
        assertThat(nodes.record(node).arrivals())
            .as("each message once at each node")
            .extracting(NodeRecord.Arrival::sha256)
            .containsExactlyInAnyOrder(hash("one"), hash("two"), hash("three"));
      }
      // The log is written ten times a second.
      await()
          .untilAsserted(
              () ->
                  assertThat(outcomes().values())
                      .hasSize(3)
                      .allMatch(all -> all.getLast().equals("ok"))
                      .anyMatch(all -> all.containsAll(List.of("partial", "limited"))));
      assertThat(outcomes().keySet()).allMatch(id -> UUID.fromString(id).toString().equals(id));

      environment.put("PUSHFANOUT_TARGET", "default/none");
      assertThat(send("four", 1)).contains("default/none").hasLineCount(1);
      return null;
    }

    /** Returns the output of a run, stderr included. */
    private String send(String body, int code) {
      try (ChildProcess run = caller.start(script, environment, body)) {
        assertThat(run.awaitExit(LIMIT)).as("%s", run).isEqualTo(code);
        return run.stdout() + run.stderr();
      }
    }

    /** Returns the outcomes of this caller's attempts by the ids of its messages, in order. */
    private Map<String, List<String>> outcomes() throws IOException {
      Map<String, List<String>> outcomes = new LinkedHashMap<>();
      for (String line : Files.exists(audit) ? Files.readAllLines(audit) : List.<String>of()) {
        JsonObject call = new JsonObject(line);
        if (("token:" + caller.title()).equals(call.getString("caller"))) {
          outcomes
              .computeIfAbsent(call.getString("messageId"), _ -> new ArrayList<>())
              .add(call.getString("outcome"));
        }
      }
      return outcomes;
    }
  }
}
