package io.pushfanout.broadcast;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One enqueue that is remembered under its message's id: each caller with this id gets its result.
 * From any thread.
 */
final class RememberedEnqueue {
  private final byte[] fingerprint;
  private final Consumer<RememberedEnqueue> forget;
  private final DeliveryTally tally = new DeliveryTally();
  private @Nullable List<Consumer<BroadcastResult>> waiting = new ArrayList<>(1);
  private @Nullable BroadcastResult result;

  /**
   * @param fingerprint hash of the method and the message's bytes
   * @param forget task that removes the id, which has enqueued nothing
   */
  RememberedEnqueue(byte[] fingerprint, Consumer<RememberedEnqueue> forget) {
    this.fingerprint = fingerprint;
    this.forget = forget;
  }

  byte[] fingerprint() {
    return fingerprint;
  }

  DeliveryTally tally() {
    return tally;
  }

  /** Hands the result to a caller, now or once it is there. */
  void await(Consumer<BroadcastResult> caller) {
    BroadcastResult known;
    synchronized (this) {
      known = result;
      if (known == null && waiting != null) {
        waiting.add(caller);
      }
    }
    if (known != null) {
      caller.accept(known);
    }
  }

  /** Forgets a caller that has left before the result. */
  synchronized void leave(Consumer<BroadcastResult> caller) {
    if (waiting != null) {
      waiting.remove(caller);
    }
  }

  /** Receives the decision of the queues. */
  void decided(BroadcastResult decision) {
    if (!(decision instanceof BroadcastResult.Answered answered)
        || answered.outcome().accepted() == 0) {
      forget.accept(this);
    }
    List<Consumer<BroadcastResult>> callers;
    synchronized (this) {
      result = decision;
      callers = waiting == null ? List.of() : waiting;
      waiting = null;
    }
    callers.forEach(caller -> caller.accept(decision));
  }
}
