package io.pushfanout.fanout;

import java.util.function.Consumer;

/** Offers one message to the queue of every node that it is for. */
public final class Broadcaster {
  /**
   * Broadcasts. Nothing here blocks; the answer comes before this returns, unless a queue of policy
   * {@code Block} makes the caller wait.
   *
   * @param answer is told exactly once, on any thread
   * @return to be run when the caller no longer waits: it ends the waiting, and changes nothing
   *     else
   */
  public Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> answer) {
    answer.accept(
        new BroadcastResult.Refused(BroadcastResult.Reason.UNAVAILABLE, "not started", null));
    return () -> {};
  }
}
