package io.pushfanout.broadcast;

import io.pushfanout.model.FanoutName;
import io.pushfanout.queue.MemoryBudget;
import java.time.Duration;

/** The refusals of broadcasts for which the {@link MemoryBudget} has no room. */
public final class MemoryRefusal {
  /** Time after which a retry may help: by then the fullest queues have been shed. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  private MemoryRefusal() {}

  /** Returns the refusal for a budget that messages use up. */
  public static BroadcastResult.Refused of(MemoryBudget memory) {
    return limited("messages take all of the server's --memory-budget, " + memory.text());
  }

  /** Returns the refusal for a fanout that uses up its share; the rest is for other fanouts. */
  static BroadcastResult.Refused of(MemoryBudget memory, FanoutName fanout) {
    return limited(
        "messages of fanout %s have their share of the server's --memory-budget, %s"
            .formatted(fanout, memory.text()));
  }

  private static BroadcastResult.Refused limited(String why) {
    return new BroadcastResult.Refused(BroadcastResult.Reason.LIMITED, why, RETRY_AFTER);
  }
}
