package io.pushfanout.server;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Broadcaster;
import java.util.function.Consumer;

/** A receiver of broadcasts: {@link Broadcaster#broadcast}, which has the contract. */
@FunctionalInterface
public interface Broadcasts {
  /**
   * @param onResult is called exactly once, on any thread
   * @return to be run when the caller no longer waits
   */
  Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> onResult);
}
