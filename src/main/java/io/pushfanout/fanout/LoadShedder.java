package io.pushfanout.fanout;

import io.pushfanout.queue.MemoryShare;
import io.pushfanout.queue.QueueLoad;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Makes one fanout give room back while it stays at its {@link MemoryShare}. Nothing new of the
 * fanout gets in then, and so a node that takes nothing would stop those that do: its fullest nodes
 * lose their oldest messages that wait, and after these what they have in flight. On the applier's
 * thread only.
 */
final class LoadShedder {
  /** Percents of what the fanout may have: where shedding begins after a while, and ends. */
  private static final int FROM = 95;

  private static final int UNTIL = 85;

  /** For so long after that, there is no more waiting: it goes on. */
  private static final long AGAIN_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long PATIENCE_NANOS = Duration.ofMillis(200).toNanos();

  /** A node with less than this part of the fullest one's load is none of the fullest. */
  private static final int FULLEST_PART = 16;

  /** What is shed in one step of a queue: a part of it, so that the fullest become equally full. */
  private static final int STEP_PART = 16;

  private static final int STEP_MAX = 1000;

  private final MemoryShare share;
  private boolean over;

  /** There was more to shed than one look does. */
  private boolean unfinished;

  /** A node with less is none of the fullest, while this goes on. */
  private long least;

  private long overSince;
  private long lastShed;
  private long shed;

  LoadShedder(MemoryShare share, long nowNanos) {
    this.share = share;
    this.lastShed = nowNanos - AGAIN_NANOS;
  }

  /**
   * @param clients the fanout's, whose loads have just been looked at
   * @param atMost messages to shed in this look; the applier has other things to do in between
   * @return how many were shed
   */
  int look(Collection<BroadcastClient> clients, int atMost, long nowNanos) {
    long entries = clients.stream().mapToLong(client -> client.load().entries()).sum();
    share.entries(entries);
    boolean wasOver = over;
    over = share.over(FROM) >= 0 && share.held() > 0;
    if (over && !wasOver) {
      overSince = nowNanos;
    }
    boolean again = nowNanos - lastShed < AGAIN_NANOS;
    if (!unfinished && !(over && (again || nowNanos - overSince >= PATIENCE_NANOS))) {
      return 0;
    }
    lastShed = nowNanos;
    long before = shed;
    unfinished = !shed(clients, entries, atMost);
    return (int) (shed - before);
  }

  /** Returns whether it is enough, or all that can be done. */
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
    // What is reset gives its bytes back on its node's loop, a little later.
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
      // Held offers may have taken the room: steps end, whatever the queues then hold.
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

  /** Messages since the beginning. */
  long shed() {
    return shed;
  }
}
