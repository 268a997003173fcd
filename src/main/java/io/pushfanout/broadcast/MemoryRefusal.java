package io.pushfanout.broadcast;

import io.pushfanout.model.FanoutName;
import io.pushfanout.queue.MemoryBudget;
import java.time.Duration;

/** Makes the answers to broadcasts that the {@link MemoryBudget} has no room for. */
public final class MemoryRefusal {
  /** When it may help to repeat what was refused: by then the fullest queues have been shed. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  private MemoryRefusal() {}

  /** Returns the refusal where messages take the whole budget. */
  public static BroadcastResult.Refused of(MemoryBudget memory) {
    return limited("messages take all of the server's --memory-budget, " + memory.text());
  }

  /** Returns the refusal where a fanout has its share, and the rest is for other fanouts. */
  static BroadcastResult.Refused of(MemoryBudget memory, FanoutName fanout) {
    return limited(
        "messages of fanout %s have their share of the server's --memory-budget, %s"
            .formatted(fanout, memory.text()));
  }

  private static BroadcastResult.Refused limited(String why) {
    return new BroadcastResult.Refused(BroadcastResult.Reason.LIMITED, why, RETRY_AFTER);
  }
}
