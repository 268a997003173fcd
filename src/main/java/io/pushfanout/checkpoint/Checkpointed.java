package io.pushfanout.checkpoint;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that a source gives and a checkpoint stands in for: the checkpoint of an earlier process
 * is restored while the source has not answered, and the last good answer is the checkpoint for the
 * next process. Any thread may call its methods.
 */
public final class Checkpointed<T> {
  /** The origin of the value that is served. */
  public enum Origin {
    /** There is no value yet. */
    NONE,
    /** The checkpoint of an earlier process, until the source answers. */
    RESTORED,
    /** The source has answered. */
    LIVE
  }

  /** The timeout of a source that has neither answered nor failed. */
  private static final Duration UNANSWERED = Duration.ofSeconds(2);

  /** The timeout of a source that has failed: 500 ms are enough to try all its members. */
  private static final Duration FAILED = Duration.ofMillis(500);

  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private Origin origin = Origin.NONE;
  private @Nullable Long sinceNanos;

  /** The checkpoint of an earlier process; replaced by each live value. */
  private @Nullable Checkpoint<T> last;

  /**
   * @param saved the checkpoint of an earlier process; null if there is none
   */
  public Checkpointed(@Nullable Checkpoint<T> saved, LongSupplier nanoClock, InstantSource clock) {
    this.last = saved;
    this.nanoClock = nanoClock;
    this.clock = clock;
  }

  /**
   * Restores the saved value if the source has had its time to answer. The time begins with the
   * first call.
   *
   * @param failed whether a request to the source was refused or timed out
   * @return the checkpoint if this call restores it; otherwise empty
   */
  public synchronized Optional<Checkpoint<T>> fallBack(boolean failed) {
    if (origin != Origin.NONE || last == null) {
      return Optional.empty();
    }
    long now = nanoClock.getAsLong();
    if (sinceNanos == null) {
      sinceNanos = now;
    }
    if (now - sinceNanos < (failed ? FAILED : UNANSWERED).toNanos()) {
      return Optional.empty();
    }
    origin = Origin.RESTORED;
    return Optional.of(last);
  }

  /**
   * Replaces the value by the source's answer, which is current now.
   *
   * @return the origin of the replaced value
   */
  public synchronized Origin offerLive(T value) {
    Origin before = origin;
    origin = Origin.LIVE;
    last = new Checkpoint<>(clock.instant(), value);
    return before;
  }

  /** Records that the live value is current now; no effect on any other. */
  public synchronized void confirm() {
    if (origin == Origin.LIVE && last != null) {
      last = new Checkpoint<>(clock.instant(), last.value());
    }
  }

  public synchronized Origin origin() {
    return origin;
  }

  /**
   * Returns the checkpoint of an earlier process, restored or not; empty once there are answers.
   */
  public synchronized Optional<Checkpoint<T>> saved() {
    return origin == Origin.LIVE ? Optional.empty() : Optional.ofNullable(last);
  }

  /** Returns the source's last answer, to be saved; empty if there was none. */
  public synchronized Optional<Checkpoint<T>> live() {
    return origin == Origin.LIVE ? Optional.ofNullable(last) : Optional.empty();
  }

  /** Returns the age of the restored value; empty if no restored value is served. */
  public synchronized Optional<Duration> restoredAge() {
    return origin == Origin.RESTORED && last != null
        ? Optional.of(Duration.between(last.asOf(), clock.instant()))
        : Optional.empty();
  }
}
