package io.pushfanout.fanout;

import io.pushfanout.model.Payload;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The message of one broadcast, which the queues of all its nodes share. Its bytes count against
 * the {@link MemoryBudget} once, until the last who holds it lets go.
 *
 * <p>Holders are the broadcast itself while it is undecided, and each queue from its offer to the
 * message's end there. A broadcast holds for all queues at once, before it asks the first; what a
 * queue refuses is let go, and the {@link Ledger} lets go of what it had taken.
 */
final class Message {
  /**
   * On the heap beside its bytes: this object, the payload, the array's header and its padding.
   * {@code MemoryCostTest} measures it.
   */
  static final int OVERHEAD_BYTES = 104;

  private static final AtomicIntegerFieldUpdater<Message> HOLDERS =
      AtomicIntegerFieldUpdater.newUpdater(Message.class, "holders");

  private final Payload payload;
  private final MemoryBudget memory;

  @SuppressWarnings("UnusedVariable") // HOLDERS reads it: a counter without an object of its own.
  private volatile int holders = 1;

  private Message(Payload payload, MemoryBudget memory) {
    this.payload = payload;
    this.memory = memory;
  }

  /** Null where the budget has no room for it. The caller is its first holder. */
  static @Nullable Message within(MemoryBudget memory, Payload payload) {
    return memory.tryTake(cost(payload)) ? new Message(payload, memory) : null;
  }

  private static long cost(Payload payload) {
    return (long) payload.size() + payload.via().heapBytes() + OVERHEAD_BYTES;
  }

  Payload payload() {
    return payload;
  }

  /** So many more hold it. Only one who holds it may say so. */
  void hold(int more) {
    HOLDERS.addAndGet(this, more);
  }

  /** One holds it no longer. */
  void letGo() {
    int left = HOLDERS.decrementAndGet(this);
    if (left == 0) {
      memory.giveBack(cost(payload));
    } else if (left < 0) {
      throw new IllegalStateException("let go of more often than held");
    }
  }
}
