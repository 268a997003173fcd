package io.pushfanout.broadcast;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A receiver of broadcasts: the {@link Broadcaster}, or the audit log in front of it. */
public interface Broadcasts {
  /**
   * Broadcasts a message. The result comes before this method returns, unless a queue of policy
   * {@code Block} holds the caller.
   *
   * @param onResult called exactly once, on any thread
   * @return an action to run when the caller no longer waits: it ends the waiting, and changes
   *     nothing else
   */
  Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> onResult);

  /** Returns the refusal that each broadcast to the target gets now; null while there is none. */
  BroadcastResult.@Nullable Refused refusal(BroadcastRequest.Target target);
}
