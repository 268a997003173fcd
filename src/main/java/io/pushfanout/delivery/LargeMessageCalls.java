package io.pushfanout.delivery;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.DeliveryFailure;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamSlot;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The calls that carry what is too large for an envelope to a node that streams. Each is a worker's
 * only delivery for as long as it lasts, so that all orders are as without it. On the client's loop
 * only.
 */
final class LargeMessageCalls {
  private final StreamDispatcher owner;
  private final StreamQueue queue;
  private final NodeConnection connection;
  private final IdentityHashMap<QueuedMessage, StreamSlot> workers = new IdentityHashMap<>();

  LargeMessageCalls(StreamDispatcher owner, StreamQueue queue, NodeConnection connection) {
    this.owner = owner;
    this.queue = queue;
    this.connection = connection;
  }

  /** Starts the worker's next, to be flushed. Returns whether there was anything. */
  boolean start(StreamSlot worker, long timeoutNanos) {
    QueuedMessage message = queue.takeCall(worker);
    if (message == null) {
      return false;
    }
    message.attempts++;
    workers.put(message, worker);
    boolean taken = false;
    try {
      connection.deliver(message, timeoutNanos);
      taken = true;
    } finally {
      if (!taken) {
        unprocessed(message);
      }
    }
    return true;
  }

  /** Whether the worker is busy with one. */
  boolean isBusy(StreamSlot worker) {
    return workers.containsValue(worker);
  }

  /** Returns false where it is none of these. */
  boolean completed(QueuedMessage message, StatusCode code, String detail) {
    StreamSlot worker = workers.remove(message);
    if (worker != null) {
      owner.settled(
          worker,
          1,
          code == StatusCode.OK ? List.of() : List.of(new DeliveryFailure(0, code, detail)));
    }
    return worker != null;
  }

  /** Returns false where it is none of these. */
  boolean unprocessed(QueuedMessage message) {
    StreamSlot worker = workers.remove(message);
    if (worker != null) {
      owner.unprocessed(worker);
    }
    return worker != null;
  }
}
