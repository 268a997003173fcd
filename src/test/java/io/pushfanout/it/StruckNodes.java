package io.pushfanout.it;

import io.pushfanout.discovery.TcpProxy;
import io.pushfanout.it.History.Times;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * One server and two fanouts, with one attempt and with three. Each fanout has a node with unary
 * calls, a node with streams, and a spared node; a fault strikes the first two. Every broadcast is
 * for all nodes, so one fault shows its cost in each of the four ways.
 */
final class StruckNodes implements AutoCloseable {
  static final int ROOMS = 8;
  static final int WORKERS = 10;
  static final int WINDOW = 10;

  private static final int[] ATTEMPTS = {1, 3};
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final PeerNodes unary = PeerNodes.start(ATTEMPTS.length);
  private final PeerNodes streaming = PeerNodes.streaming(ATTEMPTS.length);
  private final PeerNodes spared = PeerNodes.start(ATTEMPTS.length);
  private final List<TcpProxy> networks = new ArrayList<>();
  private final List<Victim> victims = new ArrayList<>();
  private final ServeProcess serve;

  /**
   * A node that the fault strikes.
   *
   * @param address the node's address for the server, behind a proxy
   */
  record Victim(PeerNodes nodes, int index, boolean streams, int attempts, String address) {
    /** Returns the maximum loss by one broken connection, or by one round of timeouts. */
    int inFlight() {
      return streams ? Math.min(WORKERS, ROOMS) * WINDOW : WORKERS;
    }

    @Override
    public String toString() {
      return "%s, %s"
          .formatted(
              streams ? "streams" : "unary calls",
              attempts == 1 ? "one attempt" : attempts + " attempts");
    }
  }

  /** Settings of both fanouts that the cases vary. */
  record Settings(Duration rpcTimeout, int queueSize) {}

  StruckNodes(Path dir, Settings settings) {
    Path file = dir.resolve("fanouts.yaml");
    StringBuilder yaml = new StringBuilder();
    for (int fanout = 0; fanout < ATTEMPTS.length; fanout++) {
      Victim calls = victim(unary, fanout, false);
      Victim streams = victim(streaming, fanout, true);
      yaml.append(
          """
          ---
          apiVersion: pushfanout.io/v1alpha1
          kind: PushFanout
          metadata: {name: attempts-%d}
          spec:
            discovery: {static: {nodes: ["%s", "%s", "%s"]}}
            workers: %d
            queueSize: %d
            messageTTL: 0s
            rpcTimeout: %dms
            retry: {maxAttempts: %d}
            delivery: {window: %d}
            # A machine that is busy with other tests must not look like the fault.
            overrides: [{name: spared, nodes: ["%s"], rpcTimeout: 60s}]
          """
              .formatted(
                  ATTEMPTS[fanout],
                  calls.address,
                  streams.address,
                  spared.address(fanout),
                  WORKERS,
                  settings.queueSize,
                  settings.rpcTimeout.toMillis(),
                  ATTEMPTS[fanout],
                  WINDOW,
                  spared.address(fanout)));
    }
    try {
      Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    serve = ServeProcess.connected(List.of(), "--config=" + file);
  }

  private Victim victim(PeerNodes nodes, int index, boolean streams) {
    String address = nodes.address(index);
    TcpProxy network =
        new TcpProxy(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
    networks.add(network);
    Victim victim = new Victim(nodes, index, streams, ATTEMPTS[index], network.address());
    victims.add(victim);
    return victim;
  }

  List<Victim> victims() {
    return victims;
  }

  /** Returns the networks between the server and each victim. */
  List<TcpProxy> networks() {
    return networks;
  }

  /** Returns the processes of the victims. */
  List<PeerNodes> processes() {
    return List.of(unary, streaming);
  }

  List<String> spared() {
    return spared.addresses();
  }

  /** Starts calls to both fanouts, one at a time: only such calls have an order to keep. */
  PeerCalls.Running load(int perSecond) {
    return PeerCalls.to(serve)
        .metadata("pushfanout-target", "all")
        .rooms(ROOMS)
        .perSecond(perSecond)
        .concurrency(1)
        .lasting(Duration.ofMinutes(5))
        .start();
  }

  /**
   * Makes every victim take this long for a message; the messages of one stream follow each other.
   */
  void slowDown(Duration delay) {
    victims.forEach(victim -> victim.nodes.answerAfter(victim.index, delay));
  }

  /** Returns the number of broadcasts that a spared node accepted. */
  long accepted() {
    return serve.node(spared.address(0)).enqueued();
  }

  NodeStatus ledger(String address) {
    return serve.node(address);
  }

  /** Returns the acknowledged messages of each victim, in their order. */
  List<Long> delivered() {
    return victims.stream().map(victim -> ledger(victim.address).delivered()).toList();
  }

  /** Waits until each victim has acknowledged this many more messages. */
  void awaitDelivered(long more) {
    List<Long> now = delivered();
    for (int i = 0; i < victims.size(); i++) {
      long wanted = now.get(i) + more;
      await(victims.get(i), wanted + " delivered", ledger -> ledger.delivered() >= wanted);
    }
  }

  /** Waits until each victim's queue has refused this many messages. */
  void awaitDropped(long messages) {
    for (Victim victim : victims) {
      await(victim, messages + " dropped", ledger -> ledger.dropped("queue_full") >= messages);
    }
  }

  private void await(Victim victim, String what, Predicate<NodeStatus> wanted) {
    Awaitility.await()
        .alias("%s: %s".formatted(victim, what))
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> wanted.test(ledger(victim.address)));
  }

  /**
   * Waits until every message is delivered or failed, and asserts that the spared nodes lost
   * nothing.
   */
  History history(List<Reply> replies) {
    serve.awaitIdle();
    Map<String, NodeRecord> records = new LinkedHashMap<>(spared.records());
    victims.forEach(v -> records.put(v.address, v.nodes.record(v.index)));
    History history = new History(replies, records).agreesWith(serve.nodes());
    spared().forEach(address -> history.delivered(address, Times.ONCE));
    LedgerCheck.agree(serve);
    return history;
  }

  @Override
  public void close() {
    serve.close();
    networks.forEach(TcpProxy::close);
    List.of(unary, streaming, spared).forEach(PeerNodes::close);
  }
}
