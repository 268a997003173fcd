package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * One attack after the other, while honest callers send at a steady rate. The test asserts that the
 * server keeps the promised rate, and measures no maximum.
 */
@Isolated
class HostileCallersIT {
  private static final int RATE = 500;

  /**
   * Promised share of the rate. On one processor the attackers, at full speed, take their part of
   * the time.
   */
  private static final double PROMISED = Runtime.getRuntime().availableProcessors() > 1 ? 0.9 : 0.4;

  private static final Duration PHASE = Duration.ofMillis(1500);
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
      nodes.awaitReceived(0, 2 * RATE);
      System.out.printf(
          "HostileCallersIT: %.0f broadcasts/s before, %d are due%n", rate(nodes), RATE);

      try (Attack halfOpen = Attack.halfOpen(serve, HALF_OPEN)) {
        check(nodes, HALF_OPEN + " half-open connections", halfOpen);
        during(nodes, "HTTP/1 and noise", () -> Attack.nonsense(serve));
        during(nodes, "huge headers", () -> Attack.hugeHeaders(serve));
        during(nodes, "endless CONTINUATION", () -> Attack.endlessHeaders(serve));
        during(nodes, "endless empty DATA", () -> Attack.endlessEmptyData(serve));
        during(nodes, "PINGs", () -> Attack.pings(serve));
        during(nodes, "SETTINGS", () -> Attack.settings(serve));
        during(nodes, "calls begun and reset", () -> Attack.rapidReset(serve));
        during(nodes, "messages of 10 MB", () -> tooLarge(serve));
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

  private static void during(PeerNodes nodes, String what, Begin begin) throws Exception {
    try (AutoCloseable attack = begin.attack()) {
      check(nodes, what, attack);
    }
  }

  private static void check(PeerNodes nodes, String what, AutoCloseable attack)
      throws InterruptedException {
    double ratio = rate(nodes) / RATE;
    System.out.printf(
        "HostileCallersIT: %.3f of the rate during %s (%s)%n",
        ratio, what, attack instanceof Attack socket ? socket.said() : "calls");
    assertThat(ratio).as("rate during %s", what).isGreaterThanOrEqualTo(PROMISED);
  }

  /** Returns the messages a second that the first node receives. */
  private static double rate(PeerNodes nodes) throws InterruptedException {
    long since = System.nanoTime();
    int before = nodes.received(0);
    Thread.sleep(PHASE);
    int after = nodes.received(0);
    return (after - before) * 1e9 / (System.nanoTime() - since);
  }
}
