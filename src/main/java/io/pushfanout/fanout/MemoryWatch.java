package io.pushfanout.fanout;

import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.SpecBytes;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the {@link MemoryBudget} a few times a second. Where messages stay at it, nothing new
 * gets in, and so a node that takes nothing would stop those that do: the oldest messages of the
 * fullest queues are shed. On the applier's thread only; {@link #problems} may be read from any.
 */
final class MemoryWatch {
  private static final Logger log = LoggerFactory.getLogger(MemoryWatch.class);

  /** Percents of the budget: shedding begins where it has been so for a while, and ends. */
  private static final int SHED_FROM = 95;

  private static final int SHED_UNTIL = 85;

  /** For so long after that, there is no more waiting: it goes on. */
  private static final long AGAIN_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long PATIENCE_NANOS = Duration.ofMillis(200).toNanos();

  /** A queue with less than this part of the fullest one's load is none of the fullest. */
  private static final int FULLEST_PART = 16;

  /** What is shed in one step of a queue: a part of it, so that the fullest become equally full. */
  private static final int STEP_PART = 16;

  private static final int STEP_MAX = 1000;

  /** What is shed in one look: the applier has other things to do in between. */
  private static final int LOOK_MAX = 20_000;

  private static final long TELL_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  /** How long it is a problem after it has been seen last. */
  private static final long PROBLEM_NANOS = Duration.ofSeconds(5).toNanos();

  private static final Problem PROBLEM =
      new Problem(
          "",
          ProblemReason.MEMORY_SHORT,
          "messages take all of --memory-budget: new broadcasts are refused, and the fullest"
              + " queues lose their oldest messages");

  private final MemoryBudget budget;
  private final LongSupplier nanoClock;
  private boolean over;

  /** There was more to shed than one look does. */
  private boolean shedding;

  /** A queue with less is none of the fullest, while this goes on. */
  private long least;

  private long overSince;
  private long lastSeen;
  private long lastShed;
  private long shed;
  private long toldNanos;
  private long toldShed;
  private long toldRefusals;
  private volatile List<Problem> problems = List.of();

  MemoryWatch(MemoryBudget budget, LongSupplier nanoClock) {
    this.budget = budget;
    this.nanoClock = nanoClock;
    this.lastShed = nanoClock.getAsLong() - AGAIN_NANOS;
    this.toldNanos = nanoClock.getAsLong() - TELL_EVERY_NANOS;
  }

  List<Problem> problems() {
    return problems;
  }

  /**
   * @param clients whose loads have just been looked at
   * @return whether there is more to shed, so that it is to look again at once
   */
  boolean look(Collection<BroadcastClient> clients) {
    long now = nanoClock.getAsLong();
    long entries = clients.stream().mapToLong(client -> client.load().entries()).sum();
    budget.entries(entries);
    boolean wasOver = over;
    over = budget.isOver(SHED_FROM);
    if (over && !wasOver) {
      overSince = now;
    }
    boolean again = now - lastShed < AGAIN_NANOS;
    if (shedding || (over && (again || now - overSince >= PATIENCE_NANOS))) {
      shedding = !shed(clients, entries);
      lastShed = now;
    }
    if (over || budget.refusals() > toldRefusals) {
      lastSeen = now;
      problems = List.of(PROBLEM);
      tell(now);
    } else if (now - lastSeen >= PROBLEM_NANOS) {
      problems = List.of();
    }
    return shedding;
  }

  /** Returns whether it is enough, or all that can be done. */
  private boolean shed(Collection<BroadcastClient> clients, long entries) {
    PriorityQueue<BroadcastClient> fullest =
        new PriorityQueue<>(
            Comparator.comparingLong((BroadcastClient c) -> c.load().weight()).reversed());
    fullest.addAll(clients);
    if (!shedding) {
      least = fullest.isEmpty() ? 0 : fullest.element().load().weight() / FULLEST_PART;
    }
    long left = entries;
    for (int done = 0; budget.isOver(SHED_UNTIL); ) {
      if (done >= LOOK_MAX) {
        return false;
      }
      BroadcastClient client = fullest.poll();
      if (client == null || client.load().weight() <= least) {
        return true;
      }
      int before = client.load().waiting();
      int step = Math.clamp(before / STEP_PART, 1, STEP_MAX);
      client.shed(step);
      done += step;
      int gone = before - client.load().waiting();
      shed += gone;
      left -= gone;
      budget.entries(left);
      fullest.add(client);
    }
    return true;
  }

  private void tell(long now) {
    if (now - toldNanos < TELL_EVERY_NANOS) {
      return;
    }
    long refusals = budget.refusals();
    if (refusals > toldRefusals || shed > toldShed) {
      log.warn(
          "messages take {} KiB of --memory-budget {}: {} refusals, {} messages shed since this was"
              + " told last",
          budget.held() >> 10,
          SpecBytes.format(budget.limit()),
          refusals - toldRefusals,
          shed - toldShed);
      toldNanos = now;
      toldRefusals = refusals;
      toldShed = shed;
    }
  }
}
