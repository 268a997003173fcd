package io.pushfanout.delivery;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import io.pushfanout.queue.StreamSlot;
import io.pushfanout.queue.Wakeup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A dispatcher of deliveries by streams to one node: sends the messages that the queue has granted
 * to each stream, and ends streams that are idle, old or late. {@link StreamOutcomes} settles the
 * messages. Used on the node's loop, without locks.
 *
 * <p>A stream is opened when there is a message to send on it. One timer serves all deadlines of
 * all streams.
 */
final class StreamDispatcher {
  private final StreamQueue queue;
  private final NodeConnection connection;
  private final LongSupplier nanoClock;
  private final Wakeup wakeup;
  private final Dispatcher deliveries;
  private final Map<StreamSlot, StreamSession> live = new LinkedHashMap<>();

  /** Streams that have nothing more to send and have not ended yet. */
  private final Set<StreamSession> finishing = new LinkedHashSet<>();

  private final StreamPause pause;
  private final StreamOutcomes outcomes;
  private final DeadlineTimer deadlines;
  private final LargeMessageCalls calls;
  private final IdleStreamCheck idleCheck;

  StreamDispatcher(
      StreamQueue queue,
      NodeConnection connection,
      LongSupplier nanoClock,
      RandomGenerator random,
      Wakeup wakeup,
      Dispatcher deliveries) {
    this.queue = queue;
    this.connection = connection;
    this.nanoClock = nanoClock;
    this.wakeup = wakeup;
    this.deliveries = deliveries;
    this.pause = new StreamPause(connection.loop(), nanoClock, random, wakeup);
    this.outcomes = new StreamOutcomes(queue, connection, nanoClock, random, deliveries, pause);
    this.deadlines = new DeadlineTimer(connection.loop(), this::onDue);
    this.calls = new LargeMessageCalls(outcomes, queue, connection);
    this.idleCheck = new IdleStreamCheck(connection.loop(), nanoClock, live.values(), this::finish);
  }

  private FanoutSettings settings() {
    return deliveries.settings();
  }

  // ---- sending

  /**
   * Starts granted messages, on streams and by calls, to be flushed. Returns whether there were
   * any.
   */
  boolean start() {
    if (!queue.hasWork()) {
      return false;
    }
    boolean any = false;
    List<StreamSlot> later = List.of();
    for (StreamSlot w = queue.pollToStart(); w != null; w = queue.pollToStart()) {
      StreamSession stream = live.get(w);
      boolean call = queue.isCallNext(w);
      if ((call || stream == null) && (pause.isActive() || !connection.available())) {
        later = later.isEmpty() ? new ArrayList<>() : later;
        later.add(w);
        continue;
      }
      if (call) {
        any |= calls.start(w, settings().rpcTimeout().toNanos());
        continue;
      }
      any |= sendOn(stream == null ? open(w) : stream);
    }
    later.forEach(queue::startLater);
    queue.continueUnfinished();
    if (!later.isEmpty()) {
      pause.wakeAfterwards();
    }
    return any;
  }

  private StreamSession open(StreamSlot worker) {
    boolean opened = false;
    try {
      StreamSession stream = new StreamSession(this, worker, connection, nanoClock.getAsLong());
      live.put(worker, stream);
      idleCheck.schedule();
      opened = true;
      return stream;
    } finally {
      if (!opened) {
        queue.startLater(worker);
      }
    }
  }

  void send(StreamSession stream) {
    if (sendOn(stream)) {
      connection.flush();
    }
  }

  private boolean sendOn(StreamSession stream) {
    long now = nanoClock.getAsLong();
    if (stream.mustRotate(now)) {
      // The next stream goes on when all messages of this one are acknowledged.
      finishIfRotating(stream);
      return false;
    }
    long timeout = settings().rpcTimeout().toNanos();
    boolean any;
    try {
      any = stream.send(queue, now, now + timeout);
    } finally {
      if (stream.isWaiting()) {
        deadlines.add(timeout, now);
      }
    }
    if (any) {
      deliveries.negotiation().onSent();
    }
    return any;
  }

  private void finishIfRotating(StreamSession stream) {
    if (!stream.isWaiting() && stream.mustRotate(nanoClock.getAsLong())) {
      finish(stream);
    }
  }

  // ---- outcomes

  void acknowledged(StreamSession stream, int count, List<DeliveryFailure> failures) {
    if (live.get(stream.worker()) != stream) {
      return;
    }
    outcomes.acknowledged(stream.worker(), count, failures);
    finishIfEnded(stream);
    finishIfRotating(stream);
  }

  boolean completed(QueuedMessage message, StatusCode code, String detail) {
    return calls.completed(message, code, detail);
  }

  boolean unprocessed(QueuedMessage message) {
    return calls.unprocessed(message);
  }

  void ended(StreamSession stream, Evidence evidence, StatusCode code, String detail) {
    if (isCurrent(stream)) {
      outcomes.ended(stream, evidence, code, detail);
    }
  }

  void unprocessed(StreamSession stream, Evidence evidence) {
    if (isCurrent(stream)) {
      outcomes.unprocessed(stream, evidence);
    }
  }

  /**
   * Removes a stream that has ended. Returns whether its outcome counts: nothing is lost with a
   * finished stream, or while the worker's message goes by a call.
   */
  private boolean isCurrent(StreamSession stream) {
    return !finishing.remove(stream)
        && live.remove(stream.worker(), stream)
        && !calls.isBusy(stream.worker());
  }

  /** Forgets the losses and the pause of the last connection. */
  void connected() {
    pause.forgetLosses();
    pause.end();
  }

  /** Ends the pause: a stream may be opened at once. */
  void endPause() {
    pause.end();
  }

  /** Moves messages that wait for their next attempt back to the queue. */
  void endBackoffs() {
    outcomes.endBackoffs();
  }

  // ---- deadlines

  private void onDue() {
    long now = nanoClock.getAsLong();
    for (StreamSession stream : List.copyOf(live.values())) {
      if (stream.isWaiting() && isDue(stream, now) && live.remove(stream.worker(), stream)) {
        stream.reset();
        connection.flush();
        outcomes.lost(
            stream, Evidence.NONE, StatusCode.DEADLINE_EXCEEDED, "not acknowledged in time");
      }
    }
    for (StreamSession stream : List.copyOf(finishing)) {
      if (isDue(stream, now) && finishing.remove(stream)) {
        stream.reset();
        connection.flush();
      }
    }
  }

  private boolean isDue(StreamSession stream, long now) {
    long left = stream.nanosLeft(now);
    if (left > 0) {
      deadlines.add(left, now);
    }
    return left <= 0;
  }

  // ---- the end

  /**
   * Fails messages that are sent and unacknowledged, because memory is short. Messages that wait
   * for their next attempt return to the queue.
   */
  void shed() {
    outcomes.endBackoffs();
    for (StreamSession stream : List.copyOf(live.values())) {
      if (stream.isWaiting()
          && !calls.isBusy(stream.worker())
          && live.remove(stream.worker(), stream)) {
        stream.reset();
        outcomes.lostAndResumed(stream.worker(), Dispatcher.SHED);
      }
    }
  }

  /** Finishes streams that will send no more and have no unacknowledged message. */
  void finishEnded() {
    List.copyOf(live.values()).forEach(this::finishIfEnded);
  }

  private void finishIfEnded(StreamSession stream) {
    if (queue.hasEnded(stream.worker())) {
      finish(stream);
    }
  }

  /** Finishes a stream; its worker may go on with another. */
  private void finish(StreamSession stream) {
    if (live.remove(stream.worker(), stream)) {
      finishing.add(stream);
      long now = nanoClock.getAsLong();
      long timeout = settings().rpcTimeout().toNanos();
      stream.finish(now + timeout);
      deadlines.add(timeout, now);
      connection.flush();
      // Messages without room on this stream go on the next.
      queue.startLater(stream.worker());
      wakeup.now();
    }
  }

  /**
   * Fails the messages that wait for their next attempt. The connection has ended the streams
   * before.
   */
  void close() {
    deadlines.stop();
    outcomes.close();
  }
}
