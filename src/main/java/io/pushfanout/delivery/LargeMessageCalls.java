package io.pushfanout.delivery;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import io.pushfanout.queue.StreamSlot;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unary calls to a streaming node, for messages that are too large for an envelope. Such a call
 * is the worker's only delivery while it lasts, so that message order is the same as without it.
 * Used on the client's loop only.
 */
final class LargeMessageCalls {
  private final StreamOutcomes outcomes;
  private final StreamQueue queue;
  private final NodeConnection connection;
  private final IdentityHashMap<QueuedMessage, StreamSlot> workers = new IdentityHashMap<>();

  LargeMessageCalls(StreamOutcomes outcomes, StreamQueue queue, NodeConnection connection) {
    this.outcomes = outcomes;
    this.queue = queue;
    this.connection = connection;
  }

  /** Starts the worker's next call, to be flushed. Returns whether there was one. */
  boolean start(StreamSlot worker, long timeoutNanos) {
    QueuedMessage message = queue.takeCall(worker);
    if (message == null) {
      return false;
    }
    message.attempts++;
    message.byStream = false;
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

  /** Returns whether the worker has such a call in flight. */
  boolean isBusy(StreamSlot worker) {
    return workers.containsValue(worker);
  }

  /** Ends the message's call. Returns false for a message without a call here. */
  boolean completed(QueuedMessage message, StatusCode code, String detail) {
    StreamSlot worker = remove(message);
    if (worker != null) {
      outcomes.settled(
          worker,
          1,
          code == StatusCode.OK ? List.of() : List.of(new DeliveryFailure(0, code, detail)));
    }
    return worker != null;
  }

  /** Ends the message's call. Returns false for a message without a call here. */
  boolean unprocessed(QueuedMessage message) {
    StreamSlot worker = remove(message);
    if (worker != null) {
      outcomes.unprocessed(worker);
    }
    return worker != null;
  }

  private @Nullable StreamSlot remove(QueuedMessage message) {
    // Most nodes have no such call; the identity of an object costs more than all else here.
    return workers.isEmpty() ? null : workers.remove(message);
  }
}
