package io.pushfanout.queue;

import io.pushfanout.model.Payload;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The payload of one broadcast, which counts against the {@link MemoryBudget} once, until its last
 * holder releases it. Holders are the broadcast itself while it is undecided, and each fanout's
 * {@link Message}.
 */
public final class HeldPayload {
  /**
   * Another form of a payload's bytes, which the connections of all its nodes share. May be used
   * from any thread.
   */
  public interface SharedForm {
    /** Ends the use of the form: the payload has no holder any more. */
    void close();
  }

  private static final AtomicIntegerFieldUpdater<HeldPayload> HOLDERS =
      AtomicIntegerFieldUpdater.newUpdater(HeldPayload.class, "holders");

  private final Payload payload;
  private final MemoryBudget memory;
  private final DeliveryEnd.@Nullable Receiver ends;

  @SuppressWarnings("UnusedVariable") // HOLDERS reads it: a counter without an object of its own.
  private volatile int holders = 1;

  /** Form that connections share; null until the first connection asks for it. */
  private volatile @Nullable SharedForm form;

  private HeldPayload(Payload payload, MemoryBudget memory, DeliveryEnd.@Nullable Receiver ends) {
    this.payload = payload;
    this.memory = memory;
    this.ends = ends;
  }

  /**
   * Returns the payload, with the caller as its first holder; null when the budget has no room.
   *
   * @param ends receives the ends of the deliveries; null when no one waits for them
   */
  public static @Nullable HeldPayload within(
      MemoryBudget memory, Payload payload, DeliveryEnd.@Nullable Receiver ends) {
    return memory.tryTake(cost(payload)) ? new HeldPayload(payload, memory, ends) : null;
  }

  private static long cost(Payload payload) {
    return (long) payload.size() + payload.metadataBytes() + Message.OVERHEAD_BYTES;
  }

  Payload payload() {
    return payload;
  }

  /** Returns the receiver of the ends of the deliveries; null without one. */
  DeliveryEnd.@Nullable Receiver ends() {
    return ends;
  }

  /**
   * Returns the form that connections share, made by the first caller. Only a holder may call it.
   *
   * @param maker makes a form of the payload's bytes, which takes nothing before its first use
   */
  SharedForm form(Function<byte[], SharedForm> maker) {
    SharedForm made = form;
    return made == null ? makeForm(maker) : made;
  }

  private synchronized SharedForm makeForm(Function<byte[], SharedForm> maker) {
    SharedForm made = form;
    if (made == null) {
      made = maker.apply(payload.bytes());
      form = made;
    }
    return made;
  }

  /** Returns the bytes that the payload takes of the budget. */
  public long cost() {
    return cost(payload);
  }

  /**
   * Returns one fanout's message, which is another holder; null when the fanout has used up its
   * share of the budget. The caller is the message's first holder.
   */
  public @Nullable Message messageFor(MemoryShare share) {
    if (!share.tryCharge(cost())) {
      return null;
    }
    HOLDERS.incrementAndGet(this);
    return new Message(this, share);
  }

  /** Releases the payload for one holder. */
  public void release() {
    if (HOLDERS.decrementAndGet(this) == 0) {
      SharedForm made = form;
      if (made != null) {
        made.close();
      }
      memory.giveBack(cost());
    }
  }
}
