package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.RetryPolicy;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.DeliveryFailure;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamSlot;
import io.pushfanout.queue.Wakeup;
import java.time.Duration;
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
 * to each stream, and settles the messages that the node acknowledges. Used on the node's loop,
 * without locks.
 *
 * <p>A stream is opened when there is a message to send on it. One timer serves all deadlines of
 * all streams. A pause follows the loss of a stream, so that a node that ends each stream at once
 * is not flooded, and no attempts are wasted on it.
 */
final class StreamDispatcher {
  /**
   * Nanoseconds after which an idle stream is finished. Proxies cut idle streams, some after 10 s,
   * and lose a message that is just being sent.
   */
  private static final long IDLE_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final StreamQueue queue;
  private final NodeConnection connection;
  private final LongSupplier nanoClock;
  private final RandomGenerator random;
  private final Wakeup wakeup;
  private final Dispatcher deliveries;
  private final Map<StreamSlot, StreamSession> live = new LinkedHashMap<>();

  /** Streams that have nothing more to send and have not ended yet. */
  private final Set<StreamSession> finishing = new LinkedHashSet<>();

  private final RetryTimers backoffs;
  private final DeadlineTimer deadlines;
  private final LargeMessageCalls calls;

  /** Losses since the last settled message; streams that are lost together are one loss. */
  private int losses;

  /** Time in nanoseconds from which another stream may be opened. */
  private long pausedUntil;

  private boolean wakeScheduled;
  private boolean idleCheckScheduled;

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
    this.random = random;
    this.wakeup = wakeup;
    this.deliveries = deliveries;
    this.pausedUntil = nanoClock.getAsLong();
    this.backoffs =
        new RetryTimers(connection.loop(), nanoClock, random, this::endBackoff);
    this.deadlines = new DeadlineTimer(connection.loop(), this::onDue);
    this.calls = new LargeMessageCalls(this, queue, connection);
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
    boolean any = false;
    List<StreamSlot> later = List.of();
    for (StreamSlot w = queue.pollToStart(); w != null; w = queue.pollToStart()) {
      StreamSession stream = live.get(w);
      boolean call = queue.isCallNext(w);
      if ((call || stream == null) && (isPaused() || !connection.available())) {
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
    if (!later.isEmpty() && isPaused() && !wakeScheduled) {
      wakeScheduled = true;
      connection.loop().schedule(this::wake, pausedUntil - nanoClock.getAsLong(), NANOSECONDS);
    }
    return any;
  }

  private StreamSession open(StreamSlot worker) {
    boolean opened = false;
    try {
      StreamSession stream = new StreamSession(this, worker, connection, nanoClock.getAsLong());
      live.put(worker, stream);
      scheduleIdleCheck(IDLE_NANOS);
      opened = true;
      return stream;
    } finally {
      if (!opened) {
        queue.startLater(worker);
      }
    }
  }

  private void wake() {
    wakeScheduled = false;
    wakeup.now();
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
      deliveries.streamSent();
    }
    return any;
  }

  private void finishIfRotating(StreamSession stream) {
    if (!stream.isWaiting() && stream.mustRotate(nanoClock.getAsLong())) {
      finish(stream);
    }
  }

  private void scheduleIdleCheck(long nanos) {
    if (!idleCheckScheduled) {
      idleCheckScheduled = true;
      connection.loop().schedule(this::finishIdle, nanos, NANOSECONDS);
    }
  }

  /** Finishes idle streams; another stream is opened for the next message. */
  private void finishIdle() {
    idleCheckScheduled = false;
    long now = nanoClock.getAsLong();
    long next = Long.MAX_VALUE;
    for (StreamSession stream : List.copyOf(live.values())) {
      if (stream.isWaiting()) {
        next = Math.min(next, IDLE_NANOS);
      } else if (stream.idleNanos(now) >= IDLE_NANOS) {
        finish(stream);
      } else {
        next = Math.min(next, IDLE_NANOS - stream.idleNanos(now));
      }
    }
    if (next < Long.MAX_VALUE) {
      scheduleIdleCheck(next);
    }
  }

  // ---- outcomes

  void acknowledged(StreamSession stream, int count, List<DeliveryFailure> failures) {
    if (live.get(stream.worker()) != stream) {
      return;
    }
    deliveries.streamAcknowledged();
    if (count > failures.size()) {
      deliveries.delivered();
    }
    watch(count, failures);
    settled(stream.worker(), count, failures);
    finishIfEnded(stream);
    finishIfRotating(stream);
  }

  /** Settles messages of the worker that have ended, by an acknowledgement or by a call. */
  void settled(StreamSlot worker, int count, List<DeliveryFailure> failures) {
    losses = 0;
    if (failures.isEmpty()) {
      queue.acknowledged(worker, count);
    } else {
      List<QueuedMessage> retried = new ArrayList<>();
      queue.acknowledged(worker, count, failures, settings().retry(), retried);
      retried.forEach(
          message ->
              deliveries.backOff(
                  backoffs, message, settings().retry().backoffNanos(message.attempts)));
    }
    deliveries.settled();
  }

  /**
   * Reports each message to the monitor as one delivery. A node that acknowledges is present, even
   * if it failed at a message.
   */
  private void watch(int count, List<DeliveryFailure> failures) {
    for (DeliveryFailure failure : failures) {
      deliveries.watch().ended(Evidence.PRESENT, failure.code(), failure.detail(), 1);
    }
    if (count > failures.size()) {
      deliveries.watch().ended(Evidence.PRESENT, StatusCode.OK, "", count - failures.size());
    }
  }

  boolean completed(QueuedMessage message, StatusCode code, String detail) {
    return calls.completed(message, code, detail);
  }

  boolean unprocessed(QueuedMessage message) {
    return calls.unprocessed(message);
  }

  void ended(StreamSession stream, Evidence evidence, StatusCode code, String detail) {
    if (finishing.remove(stream) || !live.remove(stream.worker(), stream)) {
      return;
    }
    if (calls.isBusy(stream.worker())) {
      // The worker's message goes by a call, so nothing is lost with the stream.
      return;
    }
    if (code == StatusCode.UNIMPLEMENTED && !stream.anythingAcknowledged()) {
      deliveries.watch().seen();
      queue.unprocessed(stream.worker());
      deliveries.streamUnimplemented(detail);
      // The node may support streaming after all: this stream may have reached another server.
      resumeLater(stream.worker());
      deliveries.settled();
    } else if (code == StatusCode.OK && stream.isProven()) {
      // The node rotates its streams: nothing is lost, and nothing is wrong.
      queue.lost(stream.worker(), StatusCode.UNAVAILABLE, settings().retry());
      queue.resume(stream.worker());
      deliveries.settled();
    } else if (code == StatusCode.OK) {
      Evidence shown = stream.anythingAcknowledged() ? Evidence.PRESENT : Evidence.ABSENT;
      lost(stream, shown, StatusCode.UNAVAILABLE, "the stream ended unacknowledged");
    } else {
      lost(stream, evidence, code, detail);
    }
  }

  void unprocessed(StreamSession stream, Evidence evidence) {
    if (finishing.remove(stream)
        || !live.remove(stream.worker(), stream)
        || calls.isBusy(stream.worker())) {
      return;
    }
    if (evidence == Evidence.ABSENT) {
      int count = Math.max(1, stream.unacknowledged());
      deliveries.watch().ended(evidence, StatusCode.UNAVAILABLE, "it refuses the stream", count);
    }
    queue.unprocessed(stream.worker());
    resumeLater(stream.worker());
    deliveries.streamUnprocessed(evidence);
    deliveries.settled();
  }

  void unprocessed(StreamSlot worker) {
    queue.unprocessed(worker);
    resumeLater(worker);
    deliveries.settled();
  }

  private void lost(StreamSession stream, Evidence evidence, StatusCode code, String detail) {
    int count = stream.unacknowledged();
    deliveries.watch().ended(evidence, code, detail, Math.max(1, count));
    queue.lost(stream.worker(), code, settings().retry());
    boolean firstLoss = !isPaused();
    resumeLater(stream.worker());
    // A failing node loses all its streams together.
    if (count > 0 && (firstLoss || evidence != Evidence.PRESENT)) {
      deliveries.streamLost(evidence);
    }
    deliveries.settled();
  }

  /** Resumes the worker after the pause. Streams that are lost together are one loss. */
  private void resumeLater(StreamSlot worker) {
    long now = nanoClock.getAsLong();
    if (!isPaused()) {
      long nanos = pauseNanos(settings().retry(), ++losses);
      pausedUntil = now + (long) (nanos * random.nextDouble(0.8, 1.2));
    }
    connection.loop().schedule(() -> queue.resume(worker), pausedUntil - now, NANOSECONDS);
  }

  /**
   * Returns the pause after losses. Messages without another attempt go on after 1 s at most, to a
   * failing node too.
   */
  private static long pauseNanos(RetryPolicy retry, int losses) {
    long nanos = retry.backoffNanos(losses);
    return retry.maxAttempts() > 1 ? nanos : Math.min(nanos, MAX_PAUSE_NANOS);
  }

  private boolean isPaused() {
    return nanoClock.getAsLong() - pausedUntil < 0;
  }

  /** Forgets the losses and the pause of the last connection. */
  void connected() {
    losses = 0;
    endPause();
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

  /** Ends the pause: a stream may be opened at once. */
  void endPause() {
    pausedUntil = nanoClock.getAsLong();
  }

  // ---- deadlines

  private void onDue() {
    long now = nanoClock.getAsLong();
    for (StreamSession stream : List.copyOf(live.values())) {
      if (stream.isWaiting() && isDue(stream, now) && live.remove(stream.worker(), stream)) {
        stream.reset();
        connection.flush();
        lost(stream, Evidence.NONE, StatusCode.DEADLINE_EXCEEDED, "not acknowledged in time");
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
    endBackoffs();
    for (StreamSession stream : List.copyOf(live.values())) {
      if (stream.isWaiting()
          && !calls.isBusy(stream.worker())
          && live.remove(stream.worker(), stream)) {
        stream.reset();
        queue.lost(stream.worker(), Dispatcher.SHED, settings().retry());
        queue.resume(stream.worker());
        deliveries.settled();
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
    backoffs.cancelAll().forEach(queue::failBackingOff);
  }
}
