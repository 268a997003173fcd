package io.pushfanout.server;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Broadcaster;
import java.util.function.Consumer;

/** What takes the broadcasts: {@link Broadcaster#broadcast}, which has the contract. */
@FunctionalInterface
public interface Broadcasts {
  /**
   * @param answer is told exactly once, on any thread
   * @return to be run when the caller no longer waits
   */
  Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> answer);
}
