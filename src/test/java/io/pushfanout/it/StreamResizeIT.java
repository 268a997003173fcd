package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.it.History.Times;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.queue.NodeLedger;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Streams that come and go while messages flow. */
class StreamResizeIT {
  private static final int ROOMS = 12;
  private static final int RESIZES = 300;

  private final Random random = new Random(11);

  @Test
  void resizesKeepTheOrderOfEachRoomAndLoseAndDoubleNothing() throws Exception {
    try (PeerNodes nodes = PeerNodes.streaming(2);
        LiveManager manager = new LiveManager()) {
      History history =
          under(
              load(nodes, manager),
              nodes,
              manager,
              s -> s.workers(1 + random.nextInt(16)).deliveryWindow(1 + random.nextInt(60)));
      nodes.addresses().forEach(address -> history.inOrder(address, ROOMS));
      assertThat(nodes.record(1).streams()).as("streams opened").isGreaterThan(20);
    }
  }

  @Test
  void changesOfTheModeLoseAndDoubleNothing() throws Exception {
    DeliveryMode[] modes = DeliveryMode.values();
    try (PeerNodes nodes = PeerNodes.streaming(2);
        LiveManager manager = new LiveManager()) {
      under(
          load(nodes, manager),
          nodes,
          manager,
          s -> s.workers(1 + random.nextInt(16)).deliveryMode(modes[random.nextInt(modes.length)]));
    }
  }

  private static PeerCalls.Running load(PeerNodes nodes, LiveManager manager) {
    // 1 ms is more than a call takes: one stream alone would fall behind.
    nodes.answerAfter(1, Duration.ofMillis(1));
    manager.apply(nodes.addresses(), s -> s.queueSize(100_000));
    // One call at a time: only such calls have an order to keep.
    return PeerCalls.to(manager.grpc())
        .concurrency(1)
        .rooms(ROOMS)
        .lasting(Duration.ofSeconds(50))
        .start();
  }

  private static History under(
      PeerCalls.Running running,
      PeerNodes nodes,
      LiveManager manager,
      UnaryOperator<SettingsBuilder> change)
      throws Exception {
    try (PeerCalls.Running calls = running) {
      nodes.awaitReceived(0, 200);
      int before = nodes.received(0);
      for (int i = 0; i < RESIZES; i++) {
        manager.apply(nodes.addresses(), s -> change.apply(s.queueSize(100_000)));
        Thread.sleep(Duration.ofMillis(10)); // The pace of the changes, nothing waits for it.
      }
      List<Reply> replies = calls.stop().replies();
      manager.apply(nodes.addresses(), s -> s.queueSize(100_000));
      await().atMost(Duration.ofSeconds(30)).until(manager::isQuiet);
      for (String address : nodes.addresses()) {
        NodeLedger ledger = manager.node(address).ledger();
        assertThat(ledger.balances()).as("%s", ledger).isTrue();
        assertThat(ledger.delivered()).isEqualTo(ledger.enqueued());
      }
      System.out.printf("StreamResizeIT: %d broadcasts%n", replies.size());
      return new History(replies, nodes)
          .all("OK 2/2")
          .delivered(Times.ONCE)
          .loadFlowed(nodes.address(0), before, 200);
    }
  }
}
