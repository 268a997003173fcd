package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.Payload;
import io.pushfanout.queue.HeldPayload.SharedForm;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The message of one broadcast to one fanout, which the queues of all its nodes share. Its bytes
 * count for the fanout once, until the last holder releases it.
 *
 * <p>Holders are the broadcast itself while it is undecided, and each queue from its offer to the
 * message's end there. A broadcast retains the message for all queues at once, before the first
 * offer. It releases the message for a queue that refuses it; the {@link Ledger} releases the
 * message for a queue that had taken it.
 */
public final class Message {
  /**
   * Heap bytes beside the payload's own bytes: this object, its {@link HeldPayload}, the payload,
   * the array's header and its padding. {@code MemoryCostTest} measures it.
   */
  public static final int OVERHEAD_BYTES = 136;

  private static final AtomicIntegerFieldUpdater<Message> HOLDERS =
      AtomicIntegerFieldUpdater.newUpdater(Message.class, "holders");

  private final HeldPayload held;
  private final MemoryShare share;

  @SuppressWarnings("UnusedVariable") // HOLDERS reads it: a counter without an object of its own.
  private volatile int holders = 1;

  Message(HeldPayload held, MemoryShare share) {
    this.held = held;
    this.share = share;
  }

  /** Returns the only message of a payload, for the tests of queues and connections. */
  public static Message alone(Payload payload, MemoryBudget memory) {
    HeldPayload held = requireNonNull(HeldPayload.within(memory, payload, null));
    Message message = requireNonNull(held.messageFor(memory.of(FanoutName.DEFAULT)));
    held.release();
    return message;
  }

  Payload payload() {
    return held.payload();
  }

  SharedForm form(Function<byte[], SharedForm> maker) {
    return held.form(maker);
  }

  /** Adds holders. Only a holder may call it. */
  public void retain(int more) {
    HOLDERS.addAndGet(this, more);
  }

  /** Returns the receiver of the ends of the deliveries; null without one. */
  DeliveryEnd.@Nullable Receiver ends() {
    return held.ends();
  }

  /** Releases the message for one holder. */
  public void release() {
    release(1);
  }

  /** Releases the message for some holders. */
  public void release(int count) {
    int left = HOLDERS.addAndGet(this, -count);
    if (left == 0) {
      share.discharge(held.cost());
      held.release();
    } else if (left < 0) {
      throw new IllegalStateException("released more often than retained");
    }
  }
}
