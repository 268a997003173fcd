package io.pushfanout.broadcast;

import io.pushfanout.model.BroadcastOutcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a broadcast ended for its caller. */
public sealed interface BroadcastResult {
  /** Every targeted node's queue has been asked; these are the counts. */
  record Answered(BroadcastOutcome outcome) implements BroadcastResult {}

  /**
   * Nothing was enqueued anywhere, so that the caller may repeat it.
   *
   * @param message one line that says why
   * @param retryAfter when it may help to repeat it; null where repeating cannot help
   */
  record Refused(Reason reason, String message, @Nullable Duration retryAfter)
      implements BroadcastResult {}

  /** Why a broadcast was refused as a whole. */
  enum Reason {
    /** No target was named and there is more than one fanout. */
    TARGET_REQUIRED,
    /** No fanout of that name. */
    UNKNOWN_TARGET,
    /** The nodes of the target are not known yet, or the process is shutting down. */
    UNAVAILABLE,
    /** Policy {@code Reject}: not every connected node had room. */
    REJECTED,
    /** One of the server's own limits is reached. */
    LIMITED
  }
}
