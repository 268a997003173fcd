package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.queue.MessageQueue.OfferResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each step that grants a message also wakes the loop. */
class WakeupTest {
  private static final NodeAddress NODE = new NodeAddress("a", 1);
  private static final FanoutSettings SETTINGS =
      FanoutSettings.DEFAULT.toBuilder()
          .workers(2)
          .deliveryWindow(1)
          .queueSize(1)
          .messageTtl(Duration.ofSeconds(1))
          .overflowPolicy(OverflowPolicy.BLOCK)
          .build();

  private final CountedWakeups wakeup = new CountedWakeups();
  private long now = 5_000_000_000L;
  private final MessageQueue queue =
      new MessageQueue(
          SETTINGS,
          new Ledger(NODE, new FanoutTotals(), Runnable::run),
          () -> now,
          Runnable::run,
          wakeup);

  private static Message message(int room, int bytes) {
    return Message.alone(
        new Payload(Rpc.BROADCAST, new byte[bytes]).inRoom(room), MemoryBudget.unlimited());
  }

  private static Message message(int room) {
    return message(room, 1);
  }

  private static HeldOffer held(Message message) {
    return new HeldOffer() {
      @Override
      public Message message() {
        return message;
      }

      @Override
      public void settled(boolean accepted) {}
    };
  }

  private void begin(TransportMode mode) {
    queue.connected(10);
    queue.deliverBy(mode, false);
    wakeup.now = 0;
    wakeup.soon = 0;
  }

  private List<QueuedMessage> send() {
    List<QueuedMessage> batch = new ArrayList<>();
    queue.streams().takeBatch(requireNonNull(queue.streams().pollToStart()), 1 << 20, batch);
    return batch;
  }

  /** Fills one stream and the queue with room 1; offers of the rooms 1 and 2 are held. */
  private HeldOffer holdOffers() {
    begin(TransportMode.STREAMING);
    queue.offer(message(1), false);
    assertThat(send()).hasSize(1);
    assertThat(queue.offer(message(1), false)).isEqualTo(OfferResult.ACCEPTED);
    HeldOffer first = held(message(1));
    assertThat(queue.offerOrHold(first)).isEqualTo(OfferResult.HELD);
    assertThat(queue.offerOrHold(held(message(2)))).isEqualTo(OfferResult.HELD);
    assertThat(queue.streams().pollToStart()).isNull();
    wakeup.now = 0;
    return first;
  }

  @Test
  void anExpiryInsideAHeldOfferWakesTheLoopForTheOfferThatItLetsIn() {
    holdOffers();
    now += 1_000_000_001L;

    assertThat(queue.offerOrHold(held(message(3)))).isEqualTo(OfferResult.HELD);

    assertThat(wakeup.now).isEqualTo(1);
    assertThat(send()).hasSize(1);
  }

  @Test
  void sheddingWakesTheLoopForTheOfferThatItLetsIn() {
    holdOffers();

    assertThat(queue.shed(1)).isEqualTo(1);

    assertThat(wakeup.now).isEqualTo(1);
    assertThat(send()).hasSize(1);
  }

  @Test
  void aWithdrawalWakesTheLoopForTheOfferBehindIt() {
    HeldOffer first = holdOffers();

    assertThat(queue.withdraw(first)).isTrue();

    assertThat(wakeup.now).isEqualTo(1);
    assertThat(send()).hasSize(1);
    assertThat(queue.withdraw(first)).isFalse();
  }

  @Test
  void aLargerQueueWakesTheLoopForTheOffersThatItLetsIn() {
    holdOffers();

    queue.configure(SETTINGS.toBuilder().queueSize(2).build(), new FanoutTotals());

    assertThat(wakeup.now).isEqualTo(1);
    assertThat(send()).hasSize(1);
  }

  @Test
  void aReleasedReservationWakesTheLoopForTheOfferThatItLetsIn() {
    begin(TransportMode.UNARY);
    Message reserved = message(1);
    Message alsoReserved = message(2);
    Message third = message(3);
    assertThat(queue.reserve(reserved)).isEqualTo(OfferResult.RESERVED);
    assertThat(queue.reserve(alsoReserved)).isEqualTo(OfferResult.RESERVED);
    assertThat(queue.reserve(third)).isEqualTo(OfferResult.RESERVED);
    assertThat(queue.offerOrHold(held(message(4)))).isEqualTo(OfferResult.HELD);

    queue.release(reserved);

    assertThat(wakeup.now).isEqualTo(1);
    assertThat(queue.calls().takeGranted(now)).isNotNull();
  }

  @Test
  void aNewMessageMayWaitForOthersAndOneThatWaitedLeavesAtOnce() {
    begin(TransportMode.UNARY);
    for (int i = 0; i < 3; i++) {
      assertThat(queue.offer(message(i), false)).isEqualTo(OfferResult.ACCEPTED);
    }
    assertThat(wakeup.soon).as("one for each that a worker takes").isEqualTo(2);
    assertThat(wakeup.now).isZero();

    queue.calls().delivered(List.of(requireNonNull(queue.calls().takeGranted(now))));

    assertThat(wakeup.now).isEqualTo(1);
    queue.calls().delivered(List.of(requireNonNull(queue.calls().takeGranted(now))));
    queue.calls().delivered(List.of(requireNonNull(queue.calls().takeGranted(now))));
    assertThat(wakeup.now).as("nothing is left to grant").isEqualTo(1);
  }

  @Test
  void aQueueThatIsHalfFullOfWaitingMessagesExpeditesThoseWithASlot() {
    queue.configure(SETTINGS.toBuilder().queueSize(4).build(), new FanoutTotals());
    begin(TransportMode.UNARY);
    for (int i = 0; i < 3; i++) {
      assertThat(queue.offer(message(i), false)).isEqualTo(OfferResult.ACCEPTED);
    }
    assertThat(wakeup.expedited).as("one message waits").isZero();
    assertThat(queue.offer(message(3), false)).isEqualTo(OfferResult.ACCEPTED);
    assertThat(wakeup.expedited).as("two messages wait").isEqualTo(1);
  }

  @Test
  void aQueueThatIsHalfFullOfBytesExpeditesThem() {
    queue.configure(SETTINGS.toBuilder().queueBytes(1024).build(), new FanoutTotals());
    begin(TransportMode.UNARY);
    assertThat(queue.offer(message(1, 511), false)).isEqualTo(OfferResult.ACCEPTED);
    assertThat(wakeup.expedited).isZero();
    assertThat(queue.offer(message(2, 1), false)).isEqualTo(OfferResult.ACCEPTED);
    assertThat(wakeup.expedited).isEqualTo(1);
  }

  @Test
  void aRetryWakesTheLoopInItsOwnSlot() {
    begin(TransportMode.UNARY);
    queue.offer(message(1), false);
    QueuedMessage failed = requireNonNull(queue.calls().takeGranted(now));

    queue.calls().resend(failed);

    assertThat(wakeup.now).isEqualTo(1);
    assertThat(queue.calls().takeGranted(now)).isSameAs(failed);
  }

  @Test
  void aLostStreamWakesTheLoopWhenItResumes() {
    begin(TransportMode.STREAMING);
    queue.offer(message(1), false);
    StreamSlot stream = requireNonNull(queue.streams().pollToStart());
    List<QueuedMessage> batch = new ArrayList<>();
    queue.streams().takeBatch(stream, 1 << 20, batch);
    queue.streams().unprocessed(stream);
    assertThat(queue.streams().pollToStart()).as("its room waits for it").isNull();
    wakeup.now = 0;

    queue.streams().resume(stream);

    assertThat(wakeup.now).isPositive();
    assertThat(send()).hasSize(1);
  }
}
