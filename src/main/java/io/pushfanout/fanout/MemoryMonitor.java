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
 * Looks at the {@link MemoryBudget} a few times a second: each fanout that stays at its share
 * sheds. Fanouts that are below theirs lose nothing by it. On the applier's thread only; {@link
 * #problems} may be read from any.
 */
final class MemoryMonitor {
  /** Messages that are shed in one look: the applier has other things to do in between. */
  private static final int LOOK_MAX = 20_000;

  private static final Problem ALL_TAKEN =
      new Problem(
          "",
          ProblemReason.MEMORY_SHORT,
          "messages of all fanouts take all of --memory-budget: new broadcasts are refused");

  private final MemoryBudget budget;
  private final LongSupplier nanoClock;

  /** By name: whose turn is first is the same in each run. */
  private final Map<FanoutName, ShareMonitor> watches = new TreeMap<>();

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
   * @param clients whose loads have just been looked at
   * @return whether there is more to shed, so that it is to look again at once
   */
  boolean look(Collection<BroadcastClient> clients) {
    long now = nanoClock.getAsLong();
    budget
        .shares()
        .forEach(
            (fanout, share) ->
                watches.computeIfAbsent(
                    fanout, _ -> new ShareMonitor(fanout, share, budget.limit(), now)));
    Map<FanoutName, List<BroadcastClient>> byFanout = new HashMap<>();
    for (BroadcastClient client : clients) {
      for (FanoutName owner : client.owners()) {
        byFanout.computeIfAbsent(owner, _ -> new ArrayList<>()).add(client);
      }
    }
    int left = LOOK_MAX;
    boolean unfinished = false;
    for (Map.Entry<FanoutName, ShareMonitor> entry : watches.entrySet()) {
      ShareMonitor watch = entry.getValue();
      List<BroadcastClient> its = byFanout.getOrDefault(entry.getKey(), List.of());
      left -= watch.look(its, left, now);
      unfinished |= watch.isUnfinished();
    }
    lookForRefusals(now);
    problems = problemsNow(now);
    return unfinished;
  }

  private void lookForRefusals(long now) {
    long refusals = budget.refusals();
    if (refusals > seenRefusals) {
      seenRefusals = refusals;
      lastRefused = now;
    }
  }

  private Map<FanoutName, List<Problem>> problemsNow(long now) {
    boolean allTaken = now - lastRefused < ShareMonitor.PROBLEM_NANOS;
    Map<FanoutName, List<Problem>> found = new HashMap<>();
    watches.forEach(
        (fanout, watch) -> {
          List<Problem> its = new ArrayList<>(watch.problems(now));
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
