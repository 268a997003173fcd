package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.GoProgram;
import io.pushfanout.tools.Ports;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Connect-nodes on grpc-go servers, in one process. */
final class PeerNodes implements AutoCloseable {
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ChildProcess process;
  private final String control;
  private final List<String> addresses;

  private PeerNodes(ChildProcess process) {
    this.process = process;
    JsonObject said = new JsonObject(process.stdout());
    this.control = said.getString("control");
    this.addresses = said.getJsonArray("nodes").stream().map(String.class::cast).toList();
  }

  /** Starts nodes that keep the ids of their messages. */
  static PeerNodes start(int count) {
    return launch(count);
  }

  /** Starts nodes that record all about their calls. */
  static PeerNodes recordingCalls(int count) {
    return launch(count, "--record", "calls");
  }

  /** Starts nodes that have streaming delivery, and that record all about their messages. */
  static PeerNodes streaming(int count) {
    return launch(count, "--streams", "--record", "calls");
  }

  /**
   * Starts nodes with TLS by the files of a directory, for clients that the files trust. A node
   * requests a new connection after about 1.2 s.
   */
  static PeerNodes secured(int count, Path directory, String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.addAll(List.of("--tls", directory.toString(), "--max-age", "1200ms"));
    return launch(count, all.toArray(String[]::new));
  }

  /** Returns nodes with ports that refuse connections until {@link #startAgain}. */
  static PeerNodes stopped(int count) {
    return launch(count, "--stopped");
  }

  /** Starts nodes that listen on {@code [::1]}. */
  static PeerNodes onIpv6(int count) {
    return launch(count, "--host", "::1");
  }

  private static PeerNodes launch(int count, String... flags) {
    List<String> command = new ArrayList<>(List.of(GoProgram.PEER.path().toString(), "node"));
    command.addAll(List.of("--count", Integer.toString(count), "--ports", ports(count)));
    command.addAll(List.of(flags));
    ChildProcess process = ChildProcess.start("nodes", Map.of(), command);
    try {
      process.awaitLine("{", STARTS_WITHIN);
      return new PeerNodes(process);
    } catch (RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  /**
   * Returns ports that no other node of this JVM has had: the server of a node that is gone still
   * dials its port, and would deliver to the next node there.
   */
  private static String ports(int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> Integer.toString(Ports.free()))
        .collect(Collectors.joining(","));
  }

  String address(int node) {
    return addresses.get(node);
  }

  List<String> addresses() {
    return addresses;
  }

  // ---- a node's answers from now on

  /** Answers OK at once, also to the held messages. */
  void answer(int node) {
    behave(node, new JsonObject());
  }

  void answerAfter(int node, Duration delay) {
    behave(node, new JsonObject().put("delayMs", delay.toMillis()));
  }

  /** Answers nothing. */
  void hold(int node) {
    behave(node, new JsonObject().put("hold", true));
  }

  /** Answers the first attempts of each message, this many, with this gRPC status; 0 means all. */
  void fail(int node, int code, int attempts) {
    behave(node, new JsonObject().put("failCode", code).put("failOnly", attempts));
  }

  private void behave(int node, JsonObject behaviour) {
    post(node, "behaviour", behaviour.encode());
  }

  // ---- coming and going

  /** Closes all connections and the port at once. */
  void kill(int node) {
    post(node, "stop", "");
  }

  /** Sends GOAWAY and answers the calls in flight; returns when all connections are closed. */
  void stopGracefully(int node) {
    post(node, "stop?how=graceful", "");
  }

  /** Starts the node on the same port. */
  void startAgain(int node) {
    post(node, "start", "");
  }

  /** Freezes all nodes of this process by SIGSTOP; their connections stay open. */
  void freeze() {
    process.signal("STOP");
  }

  /** Resumes all nodes by SIGCONT. */
  void thaw() {
    process.signal("CONT");
  }

  // ---- a node's record

  NodeRecord record(int node) {
    return NodeRecord.of(new JsonObject(Http.body(control, path(node, "record"))));
  }

  /** Returns the records by address, in order. */
  Map<String, NodeRecord> records() {
    Map<String, NodeRecord> records = new LinkedHashMap<>();
    for (int node = 0; node < addresses.size(); node++) {
      records.put(address(node), record(node));
    }
    return records;
  }

  int received(int node) {
    return Integer.parseInt(Http.body(control, path(node, "received")));
  }

  /** Returns the number of calls without an answer so far. */
  int open(int node) {
    return Integer.parseInt(Http.body(control, path(node, "open")));
  }

  void awaitReceived(int node, int atLeast) {
    await()
        .alias("node " + node + " has received " + atLeast)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> received(node) >= atLeast);
  }

  /** Waits until the node has no open call; its callers must have ended. */
  void awaitNoneOpen(int node) {
    await().alias("node " + node + " is done").atMost(LIMIT).until(() -> open(node) == 0);
  }

  private void post(int node, String what, String body) {
    Http.post(control, path(node, what), body);
  }

  private static String path(int node, String what) {
    return "/nodes/" + node + "/" + what;
  }

  @Override
  public void close() {
    process.close();
  }
}
