package io.pushfanout.fanout;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.queue.MemoryBudget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The monitor of the {@link MemoryBudget}, which is checked a few times a second: each fanout that
 * stays at its share sheds. Fanouts that are below theirs lose nothing by it. On the applier's
 * thread only; {@link #problems} may be read from any.
 */
final class MemoryMonitor {
  /** Messages that are shed in one check: the applier has other things to do in between. */
  private static final int CHECK_MAX = 20_000;

  private static final Problem ALL_TAKEN =
      new Problem(
          "",
          ProblemReason.MEMORY_SHORT,
          "messages of all fanouts take all of --memory-budget: new broadcasts are refused");

  private final MemoryBudget budget;
  private final LongSupplier nanoClock;

  /** Monitors by name, so that their order is the same in each run. */
  private final Map<FanoutName, ShareMonitor> monitors = new TreeMap<>();

  private long seenRefusals;
  private long lastRefused;
  private volatile Map<FanoutName, List<Problem>> problems = Map.of();

  MemoryMonitor(MemoryBudget budget, LongSupplier nanoClock) {
    this.budget = budget;
    this.nanoClock = nanoClock;
    this.lastRefused = nanoClock.getAsLong() - ShareMonitor.PROBLEM_NANOS;
  }

  List<Problem> problems(FanoutName fanout) {
    return problems.getOrDefault(fanout, List.of());
  }

  /**
   * Checks the shares, and sheds the messages of those that are used up.
   *
   * @param clients clients with fresh loads
   * @return whether there is more to shed, so that the next check is to follow at once
   */
  boolean check(Collection<BroadcastClient> clients) {
    long now = nanoClock.getAsLong();
    budget
        .shares()
        .forEach(
            (fanout, share) ->
                monitors.computeIfAbsent(
                    fanout, _ -> new ShareMonitor(fanout, share, budget.limit(), now)));
    Map<FanoutName, List<BroadcastClient>> byFanout = new HashMap<>();
    for (BroadcastClient client : clients) {
      for (FanoutName owner : client.owners()) {
        byFanout.computeIfAbsent(owner, _ -> new ArrayList<>()).add(client);
      }
    }
    int left = CHECK_MAX;
    boolean unfinished = false;
    for (Map.Entry<FanoutName, ShareMonitor> entry : monitors.entrySet()) {
      ShareMonitor monitor = entry.getValue();
      List<BroadcastClient> its = byFanout.getOrDefault(entry.getKey(), List.of());
      left -= monitor.check(its, left, now);
      unfinished |= monitor.isUnfinished();
    }
    checkRefusals(now);
    problems = problemsNow(now);
    return unfinished;
  }

  private void checkRefusals(long now) {
    long refusals = budget.refusals();
    if (refusals > seenRefusals) {
      seenRefusals = refusals;
      lastRefused = now;
    }
  }

  private Map<FanoutName, List<Problem>> problemsNow(long now) {
    boolean allTaken = now - lastRefused < ShareMonitor.PROBLEM_NANOS;
    Map<FanoutName, List<Problem>> found = new HashMap<>();
    monitors.forEach(
        (fanout, monitor) -> {
          List<Problem> its = new ArrayList<>(monitor.problems(now));
          if (allTaken && its.isEmpty()) {
            its.add(ALL_TAKEN);
          }
          if (!its.isEmpty()) {
            found.put(fanout, its);
          }
        });
    return found;
  }
}
