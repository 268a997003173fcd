package io.pushfanout.delivery;

import io.pushfanout.model.RetryPolicy;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import io.pushfanout.queue.StreamSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The outcomes of deliveries by streams: settles messages in the queue, lets others back off, and
 * reports each outcome to the monitor and to the negotiation. Used on the client's loop only.
 */
final class StreamOutcomes {
  private final StreamQueue queue;
  private final Dispatcher deliveries;
  private final StreamPause pause;
  private final RetryTimers backoffs;

  StreamOutcomes(
      StreamQueue queue,
      NodeConnection connection,
      LongSupplier nanoClock,
      RandomGenerator random,
      Dispatcher deliveries,
      StreamPause pause) {
    this.queue = queue;
    this.deliveries = deliveries;
    this.pause = pause;
    this.backoffs = new RetryTimers(connection.loop(), nanoClock, random, this::endBackoff);
  }

  private RetryPolicy retry() {
    return deliveries.settings().retry();
  }

  void acknowledged(StreamSlot worker, int count, List<DeliveryFailure> failures) {
    deliveries.negotiation().onAcknowledged();
    if (count > failures.size()) {
      deliveries.delivered();
    }
    // A node that acknowledges is present, even if it failed at a message.
    for (DeliveryFailure failure : failures) {
      deliveries.monitor().ended(Evidence.PRESENT, failure.code(), failure.detail(), 1);
    }
    if (count > failures.size()) {
      deliveries.monitor().ended(Evidence.PRESENT, StatusCode.OK, "", count - failures.size());
    }
    settled(worker, count, failures);
  }

  /** Settles messages of the worker that have ended, by an acknowledgement or by a call. */
  void settled(StreamSlot worker, int count, List<DeliveryFailure> failures) {
    pause.forgetLosses();
    if (failures.isEmpty()) {
      queue.acknowledged(worker, count);
    } else {
      List<QueuedMessage> retried = new ArrayList<>();
      queue.acknowledged(worker, count, failures, retry(), retried);
      retried.forEach(
          message -> deliveries.backOff(backoffs, message, retry().backoffNanos(message.attempts)));
    }
    deliveries.settled();
  }

  /** Handles the end of a stream with a status. */
  void ended(StreamSession stream, Evidence evidence, StatusCode code, String detail) {
    if (code == StatusCode.UNIMPLEMENTED && !stream.anythingAcknowledged()) {
      deliveries.monitor().seen();
      queue.unprocessed(stream.worker());
      deliveries.negotiation().onUnimplemented(detail);
      // The node may support streaming after all: this stream may have reached another server.
      resumeLater(stream.worker());
      deliveries.settled();
    } else if (code == StatusCode.OK && stream.isProven()) {
      // The node rotates its streams: nothing is lost, and nothing is wrong.
      lostAndResumed(stream.worker(), StatusCode.UNAVAILABLE);
    } else if (code == StatusCode.OK) {
      Evidence shown = stream.anythingAcknowledged() ? Evidence.PRESENT : Evidence.ABSENT;
      lost(stream, shown, StatusCode.UNAVAILABLE, "the stream ended unacknowledged");
    } else {
      lost(stream, evidence, code, detail);
    }
  }

  /** Handles the end of a stream that the node has provably not seen. */
  void unprocessed(StreamSession stream, Evidence evidence) {
    if (evidence == Evidence.ABSENT) {
      int count = Math.max(1, stream.unacknowledged());
      deliveries.monitor().ended(evidence, StatusCode.UNAVAILABLE, "it refuses the stream", count);
    }
    queue.unprocessed(stream.worker());
    resumeLater(stream.worker());
    deliveries.negotiation().onUnprocessed(evidence);
    deliveries.settled();
  }

  /** Handles the end of the worker's call that the node has provably not seen. */
  void unprocessed(StreamSlot worker) {
    queue.unprocessed(worker);
    resumeLater(worker);
    deliveries.settled();
  }

  void lost(StreamSession stream, Evidence evidence, StatusCode code, String detail) {
    int count = stream.unacknowledged();
    deliveries.monitor().ended(evidence, code, detail, Math.max(1, count));
    queue.lost(stream.worker(), code, retry());
    boolean firstLoss = !pause.isActive();
    resumeLater(stream.worker());
    // A failing node loses all its streams together.
    if (count > 0 && (firstLoss || evidence != Evidence.PRESENT)) {
      deliveries.negotiation().onLost(evidence);
    }
    deliveries.settled();
  }

  /** Fails or puts back the worker's unacknowledged messages; the worker goes on at once. */
  void lostAndResumed(StreamSlot worker, StatusCode code) {
    queue.lost(worker, code, retry());
    queue.resume(worker);
    deliveries.settled();
  }

  private void resumeLater(StreamSlot worker) {
    pause.begin(retry());
    pause.afterwards(() -> queue.resume(worker));
  }

  /** Moves messages that wait for their next attempt back to the queue. */
  void endBackoffs() {
    List<QueuedMessage> due = backoffs.cancelAll();
    if (!due.isEmpty()) {
      endBackoff(due);
    }
  }

  private void endBackoff(List<QueuedMessage> due) {
    queue.endBackoff(due);
    deliveries.settled();
  }

  /** Fails the messages that wait for their next attempt. */
  void close() {
    backoffs.cancelAll().forEach(queue::failBackingOff);
  }
}
