package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.Payload;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * The message of one broadcast to one fanout, which the queues of all its nodes share. Its bytes
 * count for the fanout once, until the last who holds it lets go.
 *
 * <p>Holders are the broadcast itself while it is undecided, and each queue from its offer to the
 * message's end there. A broadcast holds for all queues at once, before it asks the first; what a
 * queue refuses is let go, and the {@link Ledger} lets go of what it had taken.
 */
public final class Message {
  /**
   * On the heap beside its bytes: this object, what it holds, the payload, the array's header and
   * its padding. {@code MemoryCostTest} measures it.
   */
  public static final int OVERHEAD_BYTES = 128;

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

  /** The only one of a payload, for the tests of queues and connections. */
  public static Message alone(Payload payload, MemoryBudget memory) {
    HeldPayload held = requireNonNull(HeldPayload.within(memory, payload));
    Message message = requireNonNull(held.messageFor(memory.of(FanoutName.DEFAULT)));
    held.letGo();
    return message;
  }

  Payload payload() {
    return held.payload();
  }

  /** So many more hold it. Only one who holds it may say so. */
  public void hold(int more) {
    HOLDERS.addAndGet(this, more);
  }

  /** One holds it no longer. */
  public void letGo() {
    int left = HOLDERS.decrementAndGet(this);
    if (left == 0) {
      share.discharge(held.cost());
      held.letGo();
    } else if (left < 0) {
      throw new IllegalStateException("let go of more often than held");
    }
  }
}
