package io.pushfanout.fanout;

import io.pushfanout.concurrent.LogLimits;
import io.pushfanout.model.FanoutName;
import io.pushfanout.plan.Plan.Conflict;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of conflicts: one line for each fanout that loses nodes to another, until it loses none
 * to it any more. The lost nodes may change as often as nodes come and go; the status names them
 * all. At most 10 lines of a namespace in any 20 s. On the applier's thread only.
 */
final class ConflictLog {
  private static final Logger log = LoggerFactory.getLogger(ConflictLog.class);

  private static final int LINES = 10;

  /** Limits by the loser's namespace. */
  private final LogLimits<String> lines;

  private Set<Pair> reported = Set.of();

  private record Pair(FanoutName loser, FanoutName winner) {}

  ConflictLog(LongSupplier nanoClock) {
    lines = new LogLimits<>(LINES, nanoClock);
  }

  /** Reports all present conflicts. */
  void report(List<Conflict> conflicts) {
    Set<Pair> now = new HashSet<>();
    for (Conflict conflict : conflicts) {
      Pair pair = new Pair(conflict.loser(), conflict.winner());
      now.add(pair);
      if (!reported.contains(pair)) {
        lines
            .of(conflict.loser().namespace())
            .write(
                note ->
                    log.warn(
                        "fanout {} does not get {} of its nodes, such as {}: fanout {} claims them"
                            + " too, and keeps them{}",
                        conflict.loser(),
                        conflict.nodes().size(),
                        conflict.nodes().first(),
                        conflict.winner(),
                        note));
      }
    }
    reported = now;
  }
}
