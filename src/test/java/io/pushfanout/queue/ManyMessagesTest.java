package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.queue.MessageQueue.OfferResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A change of very many messages at a time is cheap for each step and each turn of the loop. */
class ManyMessagesTest {
  private static final NodeAddress NODE = new NodeAddress("a", 1);
  private static final int MANY = 100_000;
  private static final int BODY = 10;
  private static final FanoutSettings SETTINGS =
      FanoutSettings.DEFAULT.toBuilder()
          .workers(2)
          .queueSize(MANY)
          .queueBytes(2L * MANY * BODY)
          .messageTtl(Duration.ofSeconds(1))
          .build();

  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final CountedWakeups wakeup = new CountedWakeups();
  private final MemoryBudget memory = new MemoryBudget(1L << 40);
  private long now = 5_000_000_000L;
  private final MessageQueue queue =
      new MessageQueue(
          SETTINGS, new Ledger(NODE, new FanoutTotals(), loop::add), () -> now, loop::add, wakeup);

  private Message message(int size) {
    return Message.alone(new Payload(Rpc.BROADCAST, new byte[size]), memory);
  }

  private void fill() {
    for (int i = 0; i < MANY; i++) {
      assertThat(queue.offer(message(BODY), false)).isEqualTo(OfferResult.WAITING);
    }
  }

  private NodeLedger ledger() {
    NodeLedger ledger = queue.snapshot();
    assertThat(ledger.balances()).as("%s", ledger).isTrue();
    return ledger;
  }

  /** Returns the number of turns of the loop. */
  private int release() {
    int turns = 0;
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      long before = memory.bytes();
      task.run();
      turns++;
      assertThat(before - memory.bytes())
          .as("what one turn gives back")
          .isLessThanOrEqualTo(2L * MessageRun.LENGTH * (BODY + Message.OVERHEAD_BYTES));
      assertThat(loop.size()).as("one turn at a time").isLessThanOrEqualTo(1);
    }
    return turns;
  }

  @Test
  void expiredMessagesTakeNoRoomFromTheNextOfferAndReleaseTheirMemoryInTurns() {
    fill();
    assertThat(queue.offer(message(BODY), false)).isEqualTo(OfferResult.FULL);
    now += 2_000_000_000L;

    assertThat(queue.offer(message(BODY), false)).isEqualTo(OfferResult.WAITING);

    assertThat(ledger().expired()).isEqualTo(MANY);
    assertThat(ledger().queued()).isEqualTo(1);
    assertThat(release()).isBetween(MANY / MessageRun.LENGTH / 2, MANY / MessageRun.LENGTH + 1);
    assertThat(memory.bytes()).as("the refused one, and the last").isEqualTo(2 * cost());
  }

  private static long cost() {
    return BODY + Message.OVERHEAD_BYTES;
  }

  @Test
  void aLargeMessageEvictsAsManyAsItNeedsAndNoMore() {
    fill();
    int large = MANY * BODY + 5 * BODY;
    assertThat(queue.offer(message(large), true)).isEqualTo(OfferResult.WAITING);
    assertThat(ledger().dropped()).containsEntry(DropReason.EVICTED, 5L);
    int larger = MANY * BODY - 5 * BODY;
    assertThat(queue.offer(message(larger), true)).isEqualTo(OfferResult.WAITING);
    assertThat(ledger().dropped().get(DropReason.EVICTED)).isEqualTo(MANY - 5 + 5);
    assertThat(ledger().queuedBytes()).isLessThanOrEqualTo(SETTINGS.queueBytes());
    release();
  }

  @Test
  void drainDeadlineDropsAllAtOnce() {
    fill();
    queue.retire(DropReason.RETIRED, now);
    assertThat(queue.closeRetired()).isTrue();
    assertThat(queue.droppedAtClose()).isEqualTo(MANY);
    assertThat(ledger().dropped()).containsEntry(DropReason.RETIRED, (long) MANY);
    release();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void expiredMessagesAreNotGrantedToANodeThatComesBack() {
    fill();
    now += 2_000_000_000L;
    queue.connected(10);
    queue.deliverBy(TransportMode.UNARY, false);
    assertThat(wakeup.now).isZero();
    assertThat(ledger().expired()).isEqualTo(MANY);
    assertThat(queue.calls().takeGranted(now)).isNull();
  }

  @Test
  void grantedMessageDoesNotExpireWhileItWaitsForTheLoop() {
    queue.configure(
        SETTINGS.toBuilder().messageTtl(Duration.ofMillis(1)).build(), new FanoutTotals());
    queue.connected(10);
    queue.deliverBy(TransportMode.UNARY, false);
    for (int i = 0; i < 2; i++) {
      assertThat(queue.offer(message(BODY), false)).isEqualTo(OfferResult.ACCEPTED);
    }
    assertThat(queue.offer(message(BODY), false)).isEqualTo(OfferResult.ACCEPTED);
    now += 5_000_000L;
    queue.expire();
    assertThat(ledger().expired()).as("the one that waits for a worker").isEqualTo(1);
    assertThat(queue.calls().takeGranted(now)).isNotNull();

    now += 500_000_000L;
    queue.expire();
    assertThat(ledger().expired()).as("where the connection takes nothing").isEqualTo(2);
    assertThat(queue.calls().takeGranted(now)).isNull();
  }

  @Test
  void messageGrantedToAStreamDoesNotExpireWhileItWaitsForTheLoop() {
    queue.configure(
        SETTINGS.toBuilder().messageTtl(Duration.ofMillis(1)).build(), new FanoutTotals());
    queue.connected(10);
    queue.deliverBy(TransportMode.STREAMING, false);
    assertThat(queue.offer(message(BODY), false)).isEqualTo(OfferResult.ACCEPTED);
    now += 5_000_000L;
    queue.expire();
    List<QueuedMessage> batch = new ArrayList<>();
    queue.streams().takeBatch(requireNonNull(queue.streams().pollToStart()), 1 << 20, batch);
    assertThat(batch).hasSize(1);
    assertThat(ledger().expired()).isZero();
  }
}
