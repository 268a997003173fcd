package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.RetryPolicy;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.DeliveryFailure;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamSlot;
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
 * Dispatcher to one node by streams: sends what the queue has granted to each, and settles what the
 * node acknowledges. On the node's loop, without locks.
 *
 * <p>A stream is opened when there is something to send on it. One timer serves all deadlines of
 * all streams. A stream that is lost pauses before another takes its place, so that a node that
 * ends each as soon as it is opened is not flooded and no attempts are burnt on it.
 */
final class StreamDispatcher {
  /** Proxies cut what is quiet, some after 10 s, and with it what is just being sent. */
  private static final long QUIET_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long MOST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final StreamQueue queue;
  private final NodeConnection connection;
  private final LongSupplier nanoClock;
  private final RandomGenerator random;
  private final Dispatcher deliveries;
  private final Map<StreamSlot, StreamSession> live = new LinkedHashMap<>();

  /** Those that have nothing more to send, and whose end has not come. */
  private final Set<StreamSession> finishing = new LinkedHashSet<>();

  private final RetryTimers rests;
  private final DeadlineTimer deadlines;
  private final LargeMessageCalls calls;

  /** How often a stream was lost since the node last acknowledged anything. */
  private int losses;

  /** When another stream may be opened. */
  private long pausedUntil;

  private boolean wakes;
  private boolean looksForQuiet;

  StreamDispatcher(
      StreamQueue queue,
      NodeConnection connection,
      LongSupplier nanoClock,
      RandomGenerator random,
      Dispatcher deliveries) {
    this.queue = queue;
    this.connection = connection;
    this.nanoClock = nanoClock;
    this.random = random;
    this.deliveries = deliveries;
    this.pausedUntil = nanoClock.getAsLong();
    this.rests =
        new RetryTimers(
            connection.loop(),
            nanoClock,
            random,
            rested -> deliveries.settled(queue.endRest(rested)));
    this.deadlines = new DeadlineTimer(connection.loop(), this::onDue);
    this.calls = new LargeMessageCalls(this, queue, connection);
  }

  private FanoutSettings settings() {
    return deliveries.settings();
  }

  void startIf(boolean granted) {
    deliveries.startIf(granted);
  }

  // ---- sending

  /** Sends what was granted, to be flushed. Returns whether there was anything. */
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
    startIf(queue.goOn());
    if (!later.isEmpty() && isPaused() && !wakes) {
      wakes = true;
      connection.loop().schedule(this::wake, pausedUntil - nanoClock.getAsLong(), NANOSECONDS);
    }
    return any;
  }

  private StreamSession open(StreamSlot worker) {
    boolean opened = false;
    try {
      StreamSession stream = new StreamSession(this, worker, connection, nanoClock.getAsLong());
      live.put(worker, stream);
      lookForQuiet(QUIET_NANOS);
      opened = true;
      return stream;
    } finally {
      if (!opened) {
        queue.startLater(worker);
      }
    }
  }

  private void wake() {
    wakes = false;
    startIf(true);
  }

  void send(StreamSession stream) {
    if (sendOn(stream)) {
      connection.flush();
    }
  }

  private boolean sendOn(StreamSession stream) {
    long now = nanoClock.getAsLong();
    if (stream.isWorn(now)) {
      // The next one goes on when all of this one is acknowledged.
      finishIfWorn(stream);
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

  private void finishIfWorn(StreamSession stream) {
    if (!stream.isWaiting() && stream.isWorn(nanoClock.getAsLong())) {
      finish(stream);
    }
  }

  private void lookForQuiet(long nanos) {
    if (!looksForQuiet) {
      looksForQuiet = true;
      connection.loop().schedule(this::finishQuiet, nanos, NANOSECONDS);
    }
  }

  /** Another stream is opened for the next message. */
  private void finishQuiet() {
    looksForQuiet = false;
    long now = nanoClock.getAsLong();
    long next = Long.MAX_VALUE;
    for (StreamSession stream : List.copyOf(live.values())) {
      if (stream.isWaiting()) {
        next = Math.min(next, QUIET_NANOS);
      } else if (stream.quietNanos(now) >= QUIET_NANOS) {
        finish(stream);
      } else {
        next = Math.min(next, QUIET_NANOS - stream.quietNanos(now));
      }
    }
    if (next < Long.MAX_VALUE) {
      lookForQuiet(next);
    }
  }

  // ---- what becomes of it

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
    finishIfWorn(stream);
  }

  /** Messages of the worker have ended, by an acknowledgement or by a call. */
  void settled(StreamSlot worker, int count, List<DeliveryFailure> failures) {
    losses = 0;
    boolean granted;
    if (failures.isEmpty()) {
      granted = queue.acknowledged(worker, count);
    } else {
      List<QueuedMessage> resting = new ArrayList<>();
      granted = queue.acknowledged(worker, count, failures, settings().retry(), resting);
      resting.forEach(
          message ->
              deliveries.backOff(
                  rests, message, settings().retry().backoffNanos(message.attempts)));
    }
    deliveries.settled(granted);
  }

  /** Each message is one delivery; a node that acknowledges is there, whatever it failed at. */
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
      // What it has goes by a call: nothing is lost with the stream.
      return;
    }
    if (code == StatusCode.UNIMPLEMENTED && !stream.anythingAcknowledged()) {
      deliveries.watch().seen();
      boolean granted = queue.unprocessed(stream.worker());
      deliveries.streamingRefused(detail);
      // For a node that streams after all: one of its streams went to something else.
      resumeLater(stream.worker());
      deliveries.settled(granted);
    } else if (code == StatusCode.OK && stream.isProven()) {
      // It rotates its streams: nothing is lost, and nothing is wrong.
      boolean granted = queue.lost(stream.worker(), StatusCode.UNAVAILABLE, settings().retry());
      deliveries.settled(queue.resume(stream.worker()) || granted);
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
    boolean granted = queue.unprocessed(stream.worker());
    resumeLater(stream.worker());
    deliveries.streamUnprocessed(evidence);
    deliveries.settled(granted);
  }

  void unprocessed(StreamSlot worker) {
    boolean granted = queue.unprocessed(worker);
    resumeLater(worker);
    deliveries.settled(granted);
  }

  private void lost(StreamSession stream, Evidence evidence, StatusCode code, String detail) {
    int count = stream.unacknowledged();
    deliveries.watch().ended(evidence, code, detail, Math.max(1, count));
    boolean granted = queue.lost(stream.worker(), code, settings().retry());
    boolean another = !isPaused();
    resumeLater(stream.worker());
    // A node that fails fails all its streams together.
    if (count > 0 && (another || evidence != Evidence.PRESENT)) {
      deliveries.streamLost(evidence);
    }
    deliveries.settled(granted);
  }

  /** Streams that are lost together are one loss. */
  private void resumeLater(StreamSlot worker) {
    long now = nanoClock.getAsLong();
    if (!isPaused()) {
      long nanos = pauseNanos(settings().retry(), ++losses);
      pausedUntil = now + (long) (nanos * random.nextDouble(0.8, 1.2));
    }
    connection.loop().schedule(() -> startIf(queue.resume(worker)), pausedUntil - now, NANOSECONDS);
  }

  /** What has no other attempt to wait for goes on, to a node that fails too. */
  private static long pauseNanos(RetryPolicy retry, int losses) {
    long nanos = retry.backoffNanos(losses);
    return retry.maxAttempts() > 1 ? nanos : Math.min(nanos, MOST_PAUSE_NANOS);
  }

  private boolean isPaused() {
    return nanoClock.getAsLong() - pausedUntil < 0;
  }

  /** What happened on the last connection means nothing for this one. */
  void connected() {
    losses = 0;
    endPause();
  }

  /** What waits for its next attempt waits in the queue from now on. */
  void endRests() {
    List<QueuedMessage> rested = rests.cancelAll();
    if (!rested.isEmpty()) {
      deliveries.settled(queue.endRest(rested));
    }
  }

  /** A stream may be opened at once. */
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

  /** Memory is short: what is sent and not acknowledged has failed; what rests is to be sent. */
  void shed() {
    endRests();
    for (StreamSession stream : List.copyOf(live.values())) {
      if (stream.isWaiting()
          && !calls.isBusy(stream.worker())
          && live.remove(stream.worker(), stream)) {
        stream.reset();
        boolean granted = queue.lost(stream.worker(), Dispatcher.SHED, settings().retry());
        deliveries.settled(queue.resume(stream.worker()) || granted);
      }
    }
  }

  /** Finishes those whose last message has been acknowledged and that will send no more. */
  void finishEnded() {
    List.copyOf(live.values()).forEach(this::finishIfEnded);
  }

  private void finishIfEnded(StreamSession stream) {
    if (queue.hasEnded(stream.worker())) {
      finish(stream);
    }
  }

  /** Its worker may go on with another. */
  private void finish(StreamSession stream) {
    if (live.remove(stream.worker(), stream)) {
      finishing.add(stream);
      long now = nanoClock.getAsLong();
      long timeout = settings().rpcTimeout().toNanos();
      stream.finish(now + timeout);
      deadlines.add(timeout, now);
      connection.flush();
      // What it had no room for goes on the next.
      queue.startLater(stream.worker());
      startIf(true);
    }
  }

  /** What waits for its next attempt has failed; the connection has ended the streams. */
  void close() {
    deadlines.stop();
    rests.cancelAll().forEach(queue::failResting);
  }
}
