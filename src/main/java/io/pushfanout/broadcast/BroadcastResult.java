package io.pushfanout.broadcast;

import io.pushfanout.model.BroadcastOutcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of a broadcast for its caller. */
public sealed interface BroadcastResult {
  /**
   * The counts, once the queue of every targeted node has decided.
   *
   * @param pressed whether every one of these queues is half full or more: messages come faster
   *     than they leave
   */
  record Answered(BroadcastOutcome outcome, boolean pressed) implements BroadcastResult {
    public Answered(BroadcastOutcome outcome) {
      this(outcome, false);
    }
  }

  /**
   * A refusal of the whole broadcast: no queue has the message, so that the caller may retry.
   *
   * @param message one line with the reason
   * @param retryAfter time after which a retry may help; null when a retry cannot help
   */
  record Refused(Reason reason, String message, @Nullable Duration retryAfter)
      implements BroadcastResult {}

  /** The reason of a refusal. */
  enum Reason {
    /** The request names no target and there is more than one fanout. */
    TARGET_REQUIRED,
    /** The named fanout does not exist. */
    UNKNOWN_TARGET,
    /** The nodes of the target are not known yet, or the process is shutting down. */
    UNAVAILABLE,
    /** The message's id is that of another message. */
    ID_TAKEN,
    /** Policy {@code Reject}: not every connected node had room. */
    REJECTED,
    /** A limit of the server is reached. */
    LIMITED
  }
}
