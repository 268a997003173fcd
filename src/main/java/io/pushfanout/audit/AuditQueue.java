package io.pushfanout.audit;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The records between the event loops and the writer. Without a lock, so that a writer that loses
 * the processor holds up no loop.
 *
 * <p>A gap is queued before the first record after it: a reader of the log sees where calls are
 * missing. There is at most one gap for each record.
 */
final class AuditQueue {
  /** Records that wait. */
  static final int MAX = 10_000;

  /**
   * The part of {@link #MAX} for calls that no queue has decided about: whoever is refused as fast
   * as it can call leaves room for broadcasts.
   */
  static final int REFUSALS_MAX = MAX / 2;

  private final ConcurrentLinkedQueue<Entry> entries = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong leftOut = new AtomicLong();

  /** Calls that were left out since the last entry. */
  private final AtomicLong gap = new AtomicLong();

  /** What becomes a line. */
  sealed interface Entry {
    record Call(AuditRecord call) implements Entry {}

    record Gap(long endMillis, long calls) implements Entry {}
  }

  /** Adds a record where there is room. From any thread; never blocks. */
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

  /** Returns the calls that were left out and that no record has followed yet, or null. */
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
