package io.pushfanout.fanout;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deliveries to one node by streams: sends what the queue has granted to each, and settles what the
 * node acknowledges. On the node's loop, without locks.
 *
 * <p>A stream is opened when there is something to send on it. One timer serves all deadlines of
 * all streams. A stream that is lost pauses before another takes its place, so that a node that
 * ends each as soon as it is opened is not flooded and no attempts are burnt on it.
 */
final class StreamDeliveries {
  private static final Logger log = LoggerFactory.getLogger(StreamDeliveries.class);

  private final NodeAddress node;
  private final StreamQueue queue;
  private final NodeConnection connection;
  private final LongSupplier nanoClock;
  private final RandomGenerator random;
  private final Deliveries deliveries;
  private final Map<WorkerStream, LiveStream> live = new LinkedHashMap<>();
  private final Backoffs rests;
  private final Deadlines deadlines;

  /** How often a stream was lost since the node last acknowledged anything. */
  private int losses;

  /** When another stream may be opened. */
  private long pausedUntil;

  private boolean wakes;

  StreamDeliveries(
      NodeAddress node,
      StreamQueue queue,
      NodeConnection connection,
      LongSupplier nanoClock,
      RandomGenerator random,
      Deliveries deliveries) {
    this.node = node;
    this.queue = queue;
    this.connection = connection;
    this.nanoClock = nanoClock;
    this.random = random;
    this.deliveries = deliveries;
    this.pausedUntil = nanoClock.getAsLong();
    this.rests =
        new Backoffs(
            connection.loop(), random, message -> deliveries.settled(queue.endRest(message)));
    this.deadlines = new Deadlines(connection.loop(), this::onDue);
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
    List<WorkerStream> later = List.of();
    for (WorkerStream w = queue.pollToStart(); w != null; w = queue.pollToStart()) {
      LiveStream stream = live.get(w);
      if (stream == null && (isPaused() || !connection.available())) {
        later = later.isEmpty() ? new ArrayList<>() : later;
        later.add(w);
        continue;
      }
      if (stream == null) {
        stream = new LiveStream(this, w, connection);
        live.put(w, stream);
      }
      any |= sendOn(stream);
    }
    later.forEach(queue::startLater);
    if (!later.isEmpty() && isPaused() && !wakes) {
      wakes = true;
      connection.loop().schedule(this::wake, pausedUntil - nanoClock.getAsLong(), NANOSECONDS);
    }
    return any;
  }

  private void wake() {
    wakes = false;
    startIf(true);
  }

  void send(LiveStream stream) {
    if (sendOn(stream)) {
      connection.flush();
    }
  }

  private boolean sendOn(LiveStream stream) {
    long now = nanoClock.getAsLong();
    long timeout = settings().rpcTimeout().toNanos();
    boolean any = stream.send(queue, now + timeout);
    if (any) {
      deadlines.add(timeout, now);
    }
    return any;
  }

  // ---- what becomes of it

  void acknowledged(LiveStream stream, int count, List<NodeStream.Failure> failures) {
    if (live.get(stream.worker()) != stream || stream.isFinished()) {
      return;
    }
    WorkerStream worker = stream.worker();
    losses = 0;
    boolean granted;
    if (failures.isEmpty()) {
      granted = queue.acknowledged(worker, count);
    } else {
      List<QueuedMessage> resting = new ArrayList<>();
      granted = queue.acknowledged(worker, count, failures, settings().retry(), resting);
      failures.forEach(f -> log.debug("{}: delivery failed: {} {}", node, f.code(), f.detail()));
      resting.forEach(
          message ->
              deliveries.backOff(
                  rests, message, settings().retry().backoffNanos(message.attempts)));
    }
    finishIfEnded(stream);
    deliveries.settled(granted);
  }

  void ended(LiveStream stream, StatusCode code, String detail) {
    if (!live.remove(stream.worker(), stream) || stream.isFinished()) {
      return;
    }
    if (code == StatusCode.UNIMPLEMENTED && !stream.anythingAcknowledged()) {
      boolean granted = queue.unprocessed(stream.worker());
      deliveries.streamingRefused(detail);
      // For a node that streams after all: one of its streams went to something else.
      resumeLater(stream.worker());
      deliveries.settled(granted);
    } else if (code == StatusCode.OK && stream.isProven()) {
      // It rotates its streams: nothing is lost, and nothing is wrong.
      boolean granted = queue.lost(stream.worker(), StatusCode.UNAVAILABLE, settings().retry());
      deliveries.settled(queue.resume(stream.worker()) || granted);
    } else {
      lost(stream, code == StatusCode.OK ? StatusCode.UNAVAILABLE : code, detail);
    }
  }

  void unprocessed(LiveStream stream) {
    if (live.remove(stream.worker(), stream)) {
      boolean granted = queue.unprocessed(stream.worker());
      resumeLater(stream.worker());
      deliveries.settled(granted);
    }
  }

  private void lost(LiveStream stream, StatusCode code, String detail) {
    log.debug("{}: stream lost: {} {}", node, code, detail);
    boolean granted = queue.lost(stream.worker(), code, settings().retry());
    resumeLater(stream.worker());
    deliveries.settled(granted);
  }

  /** Streams that are lost together are one loss. */
  private void resumeLater(WorkerStream worker) {
    long now = nanoClock.getAsLong();
    if (!isPaused()) {
      long nanos = settings().retry().backoffNanos(++losses);
      pausedUntil = now + (long) (nanos * random.nextDouble(0.8, 1.2));
    }
    connection.loop().schedule(() -> startIf(queue.resume(worker)), pausedUntil - now, NANOSECONDS);
  }

  private boolean isPaused() {
    return nanoClock.getAsLong() - pausedUntil < 0;
  }

  /** What happened on the last connection means nothing for this one. */
  void connected() {
    losses = 0;
    pausedUntil = nanoClock.getAsLong();
  }

  // ---- deadlines

  private void onDue() {
    long now = nanoClock.getAsLong();
    for (LiveStream stream : List.copyOf(live.values())) {
      if (!stream.isWaiting()) {
        continue;
      }
      if (stream.nanosLeft(now) > 0) {
        deadlines.add(stream.nanosLeft(now), now);
      } else if (live.remove(stream.worker(), stream)) {
        stream.reset();
        connection.flush();
        if (!stream.isFinished()) {
          lost(stream, StatusCode.DEADLINE_EXCEEDED, "not acknowledged in time");
        }
      }
    }
  }

  // ---- the end

  /** Finishes those whose last message has been acknowledged and that will send no more. */
  void finishEnded() {
    List.copyOf(live.values()).forEach(this::finishIfEnded);
  }

  private void finishIfEnded(LiveStream stream) {
    if (!stream.isFinished() && queue.hasEnded(stream.worker())) {
      long now = nanoClock.getAsLong();
      long timeout = settings().rpcTimeout().toNanos();
      stream.finish(now + timeout);
      deadlines.add(timeout, now);
      connection.flush();
    }
  }

  /** What waits for its next attempt has failed; the connection has ended the streams. */
  void close() {
    deadlines.stop();
    rests.cancelAll().forEach(queue::failResting);
  }
}
