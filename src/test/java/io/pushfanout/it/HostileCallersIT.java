package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * One attack after the other, while honest callers send at a steady rate: what is measured is
 * whether that rate is kept, which is a promise, and not how much faster it could be.
 */
@Isolated
class HostileCallersIT {
  private static final int RATE = 500;
  private static final double PROMISED = 0.9;
  private static final Duration PHASE = Duration.ofSeconds(2);
  private static final int HALF_OPEN = 500;

  private interface Begin {
    AutoCloseable attack() throws Exception;
  }

  @Test
  void broadcastsGoOnWhileStrangersDoTheirWorst() throws Exception {
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess serve = ServeProcess.connected(nodes.addresses());
        PeerCalls.Running honest =
            PeerCalls.to(serve)
                .perSecond(RATE)
                .connections(4)
                .lasting(Duration.ofSeconds(60))
                .start()) {
      nodes.awaitReceived(0, RATE);
      double before = rate(nodes);
      System.out.printf("HostileCallersIT: %.0f broadcasts/s before%n", before);

      try (Attack halfOpen = Attack.halfOpen(serve, HALF_OPEN)) {
        check(nodes, before, HALF_OPEN + " half-open connections", halfOpen);
        during(nodes, before, "HTTP/1 and noise", () -> Attack.nonsense(serve));
        during(nodes, before, "huge headers", () -> Attack.hugeHeaders(serve));
        during(nodes, before, "endless CONTINUATION", () -> Attack.endlessHeaders(serve));
        during(nodes, before, "endless empty DATA", () -> Attack.endlessEmptyData(serve));
        during(nodes, before, "PINGs", () -> Attack.pings(serve));
        during(nodes, before, "SETTINGS", () -> Attack.settings(serve));
        during(nodes, before, "calls begun and reset", () -> Attack.rapidReset(serve));
        during(nodes, before, "messages of 10 MB", () -> tooLarge(serve));
        await("those that never spoke are hung up on")
            .atMost(Duration.ofSeconds(30))
            .until(() -> halfOpen.hungUpOn() >= HALF_OPEN * 3 / 4);
      }

      List<Reply> replies = honest.stop().replies();
      assertThat(replies).extracting(Reply::outcome).containsOnly("OK 2/2");
      new History(replies, nodes).delivered(History.Times.ONCE).agreesWith(serve.nodes());
      assertThat(serve.stderr()).doesNotContain("Exception", "Error", "\tat ");
      assertThat(serve.stderr().lines()).as("the log is not flooded").hasSizeLessThan(50);
      await().until(() -> serve.metrics().sum("pushfanout_memory_held_bytes", Map.of()) == 0);
    }
  }

  private static AutoCloseable tooLarge(ServeProcess serve) {
    PeerCalls.Running calls =
        PeerCalls.to(serve)
            .size(10_000_000)
            .concurrency(4)
            .firstId(1_000_000)
            .lasting(Duration.ofSeconds(30))
            .start();
    return () -> {
      try (calls) {
        assertThat(calls.stop().replies())
            .isNotEmpty()
            .extracting(Reply::status)
            .containsOnly("RESOURCE_EXHAUSTED");
      }
    };
  }

  private static void during(PeerNodes nodes, double before, String what, Begin begin)
      throws Exception {
    try (AutoCloseable attack = begin.attack()) {
      check(nodes, before, what, attack);
    }
  }

  private static void check(PeerNodes nodes, double before, String what, AutoCloseable attack)
      throws InterruptedException {
    double ratio = rate(nodes) / before;
    System.out.printf(
        "HostileCallersIT: %.3f of the rate during %s (%s)%n",
        ratio, what, attack instanceof Attack socket ? socket.said() : "calls");
    assertThat(ratio).as("rate during %s", what).isGreaterThanOrEqualTo(PROMISED);
  }

  /** Messages a second that the first node receives. */
  private static double rate(PeerNodes nodes) throws InterruptedException {
    long since = System.nanoTime();
    int before = nodes.received(0);
    Thread.sleep(PHASE);
    int after = nodes.received(0);
    return (after - before) * 1e9 / (System.nanoTime() - since);
  }
}
