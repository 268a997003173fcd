package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A prober of one connection: opens streams without messages, one at a time, and schedules the next
 * probe after a delay that grows. Used on the client's loop only.
 */
final class StreamingProber {
  static final long FIRST_DELAY_NANOS = Duration.ofSeconds(1).toNanos();
  static final long MAX_DELAY_NANOS = Duration.ofMinutes(1).toNanos();
  private static final double DELAY_GROWTH = 1.6;

  /** Nanoseconds from disproved support to the next probe: streams after it may cost a message. */
  private static final long FIRST_TRIAL_DELAY_NANOS = MAX_DELAY_NANOS;

  private static final long MAX_TRIAL_DELAY_NANOS = Duration.ofHours(1).toNanos();
  private static final double TRIAL_DELAY_GROWTH = 2;
  private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  private final NodeConnection connection;
  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;
  private final Listener listener;

  /** Number of ended connections: a timer of an earlier one does nothing. */
  private int epoch;

  private @Nullable Probe probe;
  private @Nullable Future<?> next;
  private long delayNanos = FIRST_DELAY_NANOS;
  private long nextAtNanos;
  private long startedAtNanos;

  /** The receiver of probes' outcomes. */
  interface Listener {
    /** Starts a probe if one is wanted now, by {@link StreamingProber#start}. */
    void onProbeDue();

    /** A probe has ended with OK, with UNIMPLEMENTED, or with another code. */
    void onProbeEnded(StatusCode code, Evidence evidence, String detail);
  }

  StreamingProber(NodeConnection connection, LongSupplier nanoClock, Listener listener) {
    this.connection = connection;
    this.loop = connection.loop();
    this.nanoClock = nanoClock;
    this.listener = listener;
  }

  boolean isProbing() {
    return probe != null;
  }

  /** Returns whether the next probe has its time. */
  boolean isScheduled() {
    return next != null;
  }

  /** Returns whether probes have failed, and the last one is not recent. */
  boolean mayHurry() {
    return delayNanos > FIRST_DELAY_NANOS
        && nanoClock.getAsLong() - startedAtNanos >= FIRST_DELAY_NANOS;
  }

  /** Lets the next delay be the first again. */
  void resetDelay() {
    delayNanos = FIRST_DELAY_NANOS;
  }

  /** Ends the probes of a connection that has ended. */
  void endEpoch() {
    epoch++;
    probe = null;
    cancelNext();
  }

  private void cancelNext() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  // ---- the time of the next probe

  /** Schedules the next probe after an inconclusive one. */
  void scheduleNext() {
    schedule(MAX_DELAY_NANOS, DELAY_GROWTH);
  }

  /**
   * Schedules the next probe of a node without support, which may have another behind its proxy.
   */
  void scheduleRare() {
    delayNanos = MAX_DELAY_NANOS;
    scheduleNext();
  }

  /** Schedules the next trial of support that was disproved. */
  void scheduleTrial() {
    delayNanos = Math.max(delayNanos, FIRST_TRIAL_DELAY_NANOS);
    schedule(MAX_TRIAL_DELAY_NANOS, TRIAL_DELAY_GROWTH);
  }

  private void schedule(long maxNanos, double growth) {
    if (next == null) {
      scheduleAt(nanoClock.getAsLong() + delayNanos);
      delayNanos = Math.min((long) (delayNanos * growth), maxNanos);
    }
  }

  /** Schedules a probe at the time of the last connection's next one. */
  void scheduleAgain() {
    scheduleAt(nextAtNanos);
  }

  /** Sets the time of the next connection's first probe. */
  void keepDelay() {
    nextAtNanos = nanoClock.getAsLong() + delayNanos;
  }

  /** Schedules a probe for a connection that takes no stream at the moment. */
  void scheduleSoon() {
    if (next == null) {
      scheduleAt(nanoClock.getAsLong() + FIRST_DELAY_NANOS);
    }
  }

  private void scheduleAt(long nanos) {
    nextAtNanos = nanos;
    next =
        loop.schedule(
            () -> {
              next = null;
              listener.onProbeDue();
            },
            nanos - nanoClock.getAsLong(),
            NANOSECONDS);
  }

  // ---- a probe

  /** Starts a probe, which replaces the scheduled one. The connection must be available. */
  void start(long timeoutNanos) {
    cancelNext();
    startedAtNanos = nanoClock.getAsLong();
    Probe started = new Probe();
    probe = started;
    started.start(timeoutNanos);
  }

  private final class Probe implements NodeStream.Listener {
    private @Nullable NodeStream stream;
    private @Nullable Future<?> timeout;

    void start(long timeoutNanos) {
      NodeStream opened = connection.openStream(this);
      stream = opened;
      opened.finish();
      connection.flush();
      timeout = loop.schedule(this::onTimeout, timeoutNanos, NANOSECONDS);
    }

    private void onTimeout() {
      if (stream != null) {
        // The reset also ends a leaving connection, which waits for this stream.
        stream.reset();
        connection.flush();
      }
      if (end()) {
        listener.onProbeEnded(StatusCode.DEADLINE_EXCEEDED, Evidence.NONE, "");
      }
    }

    /** Ends the probe. Returns whether its outcome counts. */
    private boolean end() {
      if (timeout != null) {
        timeout.cancel(false);
      }
      boolean current = probe == this;
      if (current) {
        probe = null;
      }
      return current;
    }

    @Override
    public void onWritable() {}

    @Override
    public void onAcknowledged(int count, List<DeliveryFailure> failures) {}

    @Override
    public void onEnded(Evidence evidence, StatusCode code, String detail) {
      if (end()) {
        listener.onProbeEnded(code, evidence, detail);
      }
    }

    @Override
    public void onUnprocessed(Evidence evidence) {
      if (end()) {
        int current = epoch;
        Runnable again =
            () -> {
              if (epoch == current) {
                listener.onProbeDue();
              }
            };
        var _ = loop.schedule(again, REFUSED_PAUSE_NANOS, NANOSECONDS);
      }
    }
  }
}
