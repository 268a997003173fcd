package io.pushfanout.audit;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A queue of records between the event loops and the writer. It has no lock, so that a writer that
 * loses the processor holds up no loop.
 *
 * <p>A gap is queued before the first record after it: a reader of the log sees where calls are
 * missing. Each record has at most one gap before it.
 */
final class AuditQueue {
  /** Records that may wait. */
  static final int MAX = 10_000;

  /**
   * The part of {@link #MAX} for calls that no queue has decided about: a flood of refused calls
   * leaves room for broadcasts.
   */
  static final int REFUSALS_MAX = MAX / 2;

  private final ConcurrentLinkedQueue<Entry> entries = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong leftOut = new AtomicLong();

  /** Calls left out since the last entry. */
  private final AtomicLong gap = new AtomicLong();

  /** An entry that becomes a line. */
  sealed interface Entry {
    record Call(AuditRecord call) implements Entry {}

    record Gap(long endMillis, long calls) implements Entry {}
  }

  /** Adds a record if there is room. From any thread; never blocks. */
  void offer(AuditRecord call) {
    int max = call.answered() ? MAX : REFUSALS_MAX;
    if (waiting.incrementAndGet() > max) {
      waiting.decrementAndGet();
      leaveOut();
      return;
    }
    Entry.Gap before = takeGap(call.endMillis());
    if (before != null) {
      entries.add(before);
    }
    entries.add(new Entry.Call(call));
  }

  void leaveOut() {
    leftOut.incrementAndGet();
    gap.incrementAndGet();
  }

  /** Returns the next entry, or null. For the writer alone. */
  @Nullable Entry poll() {
    Entry next = entries.poll();
    if (next instanceof Entry.Call) {
      waiting.decrementAndGet();
    }
    return next;
  }

  /**
   * Returns the calls left out since the last entry, and resets their count; null without such
   * calls.
   */
  Entry.@Nullable Gap takeGap(long nowMillis) {
    if (gap.get() == 0) {
      return null;
    }
    long calls = gap.getAndSet(0);
    return calls == 0 ? null : new Entry.Gap(nowMillis, calls);
  }

  int waiting() {
    return waiting.get();
  }

  long leftOut() {
    return leftOut.get();
  }
}
