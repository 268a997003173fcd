package io.pushfanout.fanout;

import io.pushfanout.queue.MemoryShare;
import io.pushfanout.queue.QueueLoad;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The shedder that makes one fanout give room back while it stays at its {@link MemoryShare}.
 * Nothing new of the fanout gets in then, and so a node that takes nothing would stop the nodes
 * that do. Its fullest nodes lose their oldest waiting messages, and after these their messages in
 * flight. On the applier's thread only.
 */
final class LoadShedder {
  /** Percent of the bytes that the fanout may have: shedding begins here after a delay. */
  private static final int FROM = 95;

  /** Percent of the same bytes: shedding ends here. */
  private static final int UNTIL = 85;

  /** Nanoseconds after shedding in which a new excess is shed without the delay. */
  private static final long NO_DELAY_NANOS = Duration.ofSeconds(5).toNanos();

  /** Nanoseconds of excess before shedding begins. */
  private static final long DELAY_NANOS = Duration.ofMillis(200).toNanos();

  /** Divisor of the fullest node's load: a node below this part is none of the fullest. */
  private static final int FULLEST_PART = 16;

  /**
   * Divisor of a queue's messages: one step sheds this part, so that the fullest become equally
   * full.
   */
  private static final int STEP_PART = 16;

  private static final int STEP_MAX = 1000;

  private final MemoryShare share;
  private boolean over;

  /** Whether there was more to shed than one check does. */
  private boolean unfinished;

  /** Load up to which a node is none of the fullest, while this shedding goes on. */
  private long least;

  private long overSince;
  private long lastShed;
  private long shed;

  LoadShedder(MemoryShare share, long nowNanos) {
    this.share = share;
    this.lastShed = nowNanos - NO_DELAY_NANOS;
  }

  /**
   * Sheds messages if the fanout has stayed at its share.
   *
   * @param clients the fanout's clients, with fresh loads
   * @param atMost messages to shed in this check; the applier has other things to do in between
   * @return number of messages that were shed
   */
  int check(Collection<BroadcastClient> clients, int atMost, long nowNanos) {
    long entries = clients.stream().mapToLong(client -> client.load().entries()).sum();
    share.entries(entries);
    boolean wasOver = over;
    over = share.over(FROM) >= 0 && share.held() > 0;
    if (over && !wasOver) {
      overSince = nowNanos;
    }
    boolean again = nowNanos - lastShed < NO_DELAY_NANOS;
    if (!unfinished && !(over && (again || nowNanos - overSince >= DELAY_NANOS))) {
      return 0;
    }
    lastShed = nowNanos;
    long before = shed;
    unfinished = !shed(clients, entries, atMost);
    return (int) (shed - before);
  }

  /** Sheds messages. Returns whether they are enough, or all that can be shed. */
  private boolean shed(Collection<BroadcastClient> clients, long entries, int atMost) {
    PriorityQueue<BroadcastClient> fullest =
        new PriorityQueue<>(
            Comparator.comparingLong((BroadcastClient c) -> c.load().weight()).reversed());
    fullest.addAll(clients);
    if (!unfinished) {
      least = fullest.isEmpty() ? 0 : fullest.element().load().weight() / FULLEST_PART;
    }
    long left = entries;
    int steps = 0;
    // A reset delivery gives its bytes back on its node's loop, a little later.
    long underWay = 0;
    while (share.over(UNTIL) - underWay >= 0) {
      if (steps >= atMost) {
        return false;
      }
      BroadcastClient client = fullest.poll();
      if (client == null || client.load().weight() <= least) {
        return true;
      }
      QueueLoad before = client.load();
      int most = Math.max(before.waiting(), before.inFlight());
      int step = Math.clamp(most / STEP_PART, 1, STEP_MAX);
      int gone = client.shed(step);
      if (gone == 0) {
        client.shedInFlight();
        underWay += before.inFlightBytes();
        gone = before.inFlight();
      }
      // Held offers may have taken the room: only a count of the steps ends the loop for sure.
      steps += step;
      shed += gone;
      left = Math.max(0, left - gone);
      share.entries(left);
      fullest.add(client);
    }
    return true;
  }

  boolean isOver() {
    return over;
  }

  boolean isUnfinished() {
    return unfinished;
  }

  /** Returns the number of messages shed since the beginning. */
  long shed() {
    return shed;
  }
}
