package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.GoProgram;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /** Nodes that keep the ids of what they receive. */
  static PeerNodes start(int count) {
    return launch(count);
  }

  /** Nodes that keep all about the calls that they receive. */
  static PeerNodes recordingCalls(int count) {
    return launch(count, "--record", "calls");
  }

  /** Nodes that have streaming delivery, and keep all about the messages that they receive. */
  static PeerNodes streaming(int count) {
    return launch(count, "--streams", "--record", "calls");
  }

  /**
   * Nodes that speak TLS by the files of a directory, to clients whom these trust, and ask for
   * another connection now and then.
   */
  static PeerNodes secured(int count, Path directory, String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.addAll(List.of("--tls", directory.toString(), "--max-age", "1200ms"));
    return launch(count, all.toArray(String[]::new));
  }

  /** Nodes whose ports refuse connections until {@link #startAgain}. */
  static PeerNodes stopped(int count) {
    return launch(count, "--stopped");
  }

  /** Nodes that listen on {@code [::1]}. */
  static PeerNodes onIpv6(int count) {
    return launch(count, "--host", "::1");
  }

  private static PeerNodes launch(int count, String... flags) {
    List<String> command = new ArrayList<>(List.of(GoProgram.PEER.path().toString(), "node"));
    command.addAll(List.of("--count", Integer.toString(count)));
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

  String address(int node) {
    return addresses.get(node);
  }

  List<String> addresses() {
    return addresses;
  }

  // ---- what a node does with the messages it receives, from now on

  /** Answers OK at once, those that it held too. */
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

  /** Answers with this gRPC status, the first so many attempts of each message; 0 is all. */
  void fail(int node, int code, int attempts) {
    behave(node, new JsonObject().put("failCode", code).put("failOnly", attempts));
  }

  private void behave(int node, JsonObject behaviour) {
    post(node, "behaviour", behaviour.encode());
  }

  // ---- coming and going

  /** Closes all connections at once, and the port. */
  void kill(int node) {
    post(node, "stop", "");
  }

  /** Says goodbye with GOAWAY and answers what is in flight; returns when all connections are. */
  void stopGracefully(int node) {
    post(node, "stop?how=graceful", "");
  }

  /** On the same port. */
  void startAgain(int node) {
    post(node, "start", "");
  }

  /** SIGSTOP to all nodes of this process: connected, and deaf. */
  void freeze() {
    process.signal("STOP");
  }

  /** SIGCONT: they hear again. */
  void thaw() {
    process.signal("CONT");
  }

  // ---- what it has seen

  NodeRecord record(int node) {
    return NodeRecord.of(new JsonObject(Http.body(control, path(node, "record"))));
  }

  /** By address, in order. */
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

  /** Calls that it has not answered yet. */
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

  /** Waits until it has nothing more to answer: none of its callers lives. */
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
