package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.discovery.TcpProxy;
import io.pushfanout.it.History.Times;
import io.pushfanout.it.StruckNodes.Settings;
import io.pushfanout.it.StruckNodes.Victim;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that a fault strikes under load, with unary calls and with streams, with a single attempt
 * and with retry: see {@link StruckNodes}.
 */
class NodeFaultsIT {
  private static final int RATE = LongForm.or(300, 1000);
  private static final Duration OUTAGE = Duration.ofMillis(LongForm.or(2000, 10_000));

  /**
   * Three quarters of the outage: one attempt times out while a node is away, and another attempt
   * remains when the node is back.
   */
  private static final Duration RPC_TIMEOUT = OUTAGE.multipliedBy(3).dividedBy(4);

  private static final Settings USUAL = new Settings(RPC_TIMEOUT, 50_000);
  private static final Duration FLAP = Duration.ofMillis(200);

  @TempDir private Path dir;

  @FaultCase
  void aFrozenNodeCostsWhatItHadInFlightAndNothingWithRetry() throws Exception {
    try (StruckNodes nodes = new StruckNodes(dir, USUAL)) {
      outage(
          nodes,
          "node frozen for %d ms (SIGSTOP, SIGCONT)".formatted(OUTAGE.toMillis()),
          () -> {
            nodes.processes().forEach(PeerNodes::freeze);
            Thread.sleep(OUTAGE); // The fault's length.
            nodes.processes().forEach(PeerNodes::thaw);
            return System.nanoTime();
          },
          new Losses(2, 0));
    }
  }

  @FaultCase
  void aNodeBehindABlackHoleCostsWhatItHadInFlightAndNothingWithRetry() throws Exception {
    try (StruckNodes nodes = new StruckNodes(dir, USUAL)) {
      outage(
          nodes,
          "node black-holed for %d ms (all its connections, old and new)"
              .formatted(OUTAGE.toMillis()),
          () -> {
            nodes.networks().forEach(TcpProxy::swallow);
            Thread.sleep(OUTAGE); // The fault's length.
            nodes.networks().forEach(TcpProxy::heal);
            return System.nanoTime();
          },
          new Losses(2, 0));
    }
  }

  @FaultCase
  void aNodeWhoseConnectionFlapsCostsWhatItHadInFlightEachTimeAndNothingWithRetry()
      throws Exception {
    int flaps = (int) OUTAGE.dividedBy(FLAP);
    try (StruckNodes nodes = new StruckNodes(dir, USUAL)) {
      outage(
          nodes,
          "node flapping (connection cut every %d ms, %d times)".formatted(FLAP.toMillis(), flaps),
          () -> {
            for (int i = 0; i < flaps; i++) {
              nodes.networks().forEach(TcpProxy::interrupt);
              Thread.sleep(FLAP); // The fault's pace.
            }
            return System.nanoTime();
          },
          new Losses(flaps, 0));
    }
  }

  @FaultCase
  void aSlowNodeDropsWhatItsQueueCannotHoldAndTheOthersNoticeNothing() throws Exception {
    try (StruckNodes nodes = new StruckNodes(dir, new Settings(Duration.ofSeconds(30), 100));
        PeerCalls.Running calls = nodes.load(RATE)) {
      FaultReport report = new FaultReport("node slow (400 ms for each message)", nodes::accepted);
      nodes.awaitDelivered(RATE);
      report.struck();
      final long before = nodes.accepted();
      nodes.slowDown(Duration.ofMillis(400));
      nodes.awaitDropped(RATE);
      nodes.slowDown(Duration.ZERO);
      List<Reply> replies = calls.stop().replies();

      History history =
          nodes.history(replies).loadFlowed(nodes.spared().get(0), (int) before, RATE);
      assertThat(replies).allMatch(Reply::isOk);
      for (Victim victim : nodes.victims()) {
        String address = victim.address();
        history.delivered(address, victim.attempts() == 1 ? Times.ONCE : Times.ONCE_OR_MORE);
        report.passed(
            victim.toString(),
            "what was accepted arrives; other nodes lose nothing",
            "dropped %d and said so, lost 0 of %d; answers in %.1f ms before and %.1f ms meanwhile"
                .formatted(
                    nodes.ledger(address).dropped("queue_full"),
                    history.accepted(address),
                    medianMillis(replies, reply -> reply.id() <= before),
                    medianMillis(replies, reply -> reply.id() > before)));
      }
    }
  }

  private static double medianMillis(List<Reply> replies, Predicate<Reply> of) {
    long[] sorted = replies.stream().filter(of).mapToLong(Reply::latencyUs).sorted().toArray();
    return sorted[sorted.length / 2] / 1e3;
  }

  /**
   * Runs in the long form only: the detection takes 20 s of silence, and 20 s for the answer to a
   * PING.
   */
  @FaultCase
  @EnabledIfSystemProperty(named = "pushfanout.long", matches = "true")
  void aConnectionThatAFirewallForgotIsReplacedWithoutAnybodysHelp() throws Exception {
    Duration promised = Duration.ofSeconds(40);
    try (StruckNodes nodes = new StruckNodes(dir, USUAL)) {
      outage(
          nodes,
          "node black-holed for good on its old connection",
          () -> {
            final long struck = System.nanoTime();
            nodes.networks().forEach(TcpProxy::forget);
            Thread.sleep(RPC_TIMEOUT); // Messages under way are lost or delivered by then.
            nodes.awaitDelivered(1);
            assertThat(since(struck)).isLessThan(promised.plusSeconds(10));
            return struck;
          },
          // The outage is long enough for three attempts to time out, too.
          new Losses(
              (int) promised.dividedBy(RPC_TIMEOUT) + 1,
              (int) promised.dividedBy(RPC_TIMEOUT.multipliedBy(3)) + 1));
    }
  }

  private interface Fault {
    /**
     * Strikes, and returns the instant from which the nodes' return is timed, in {@link
     * System#nanoTime}.
     */
    long strike() throws Exception;
  }

  /**
   * Number of times that the messages in flight may be lost, by timeouts or with their connection.
   */
  private record Losses(int withOneAttempt, int withRetry) {
    long bound(Victim victim) {
      return (long) victim.inFlight() * (victim.attempts() == 1 ? withOneAttempt : withRetry);
    }
  }

  private static void outage(StruckNodes nodes, String name, Fault fault, Losses losses)
      throws Exception {
    try (PeerCalls.Running calls = nodes.load(RATE)) {
      FaultReport report = new FaultReport(name, nodes::accepted);
      nodes.awaitDelivered(RATE);
      report.struck();
      final List<Long> before = nodes.delivered();
      final long ended = fault.strike();
      nodes.awaitDelivered(1);
      final Duration back = since(ended);
      nodes.awaitDelivered(RATE / 2);
      List<Reply> replies = calls.stop().replies();

      History history = nodes.history(replies).all("OK 6/6");
      for (int i = 0; i < before.size(); i++) {
        Victim victim = nodes.victims().get(i);
        String address = victim.address();
        history.loadFlowed(address, before.get(i).intValue(), RATE / 2);
        long failed = nodes.ledger(address).failed();
        long bound = losses.bound(victim);
        assertThat(failed).as("given up: %s", victim).isLessThanOrEqualTo(bound);
        history.deliveredBut(
            address, failed, victim.attempts() == 1 ? Times.ONCE : Times.ONCE_OR_MORE);
        if (victim.streams() && bound == 0) {
          history.firstArrivalsInOrder(address, StruckNodes.ROOMS);
        }
        report.passed(
            victim.toString(),
            bound == 0 ? "nothing lost" : "at most %d lost, each counted".formatted(bound),
            "lost %d of %d, failed %d; back within %d ms"
                .formatted(
                    history.lost(address), history.accepted(address), failed, back.toMillis()));
      }
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
