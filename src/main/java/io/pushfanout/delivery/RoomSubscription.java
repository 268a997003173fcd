package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.interest.NodeRooms;
import io.pushfanout.interest.NodeRooms.InvalidUpdate;
import io.pushfanout.interest.RoomUpdate;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a node's rooms, from its opening to its end: applies the updates in steps, confirms
 * them, and takes silence for a loss. Used on the node's loop only.
 */
final class RoomSubscription implements InterestStream.Listener {
  /** Nanoseconds without an update after which the stream is lost; one comes every 3 s at least. */
  private static final long SILENCE_NANOS = Duration.ofSeconds(8).toNanos();

  /** Nanoseconds for the node to end a stream that this side has ended. */
  private static final long END_NANOS = Duration.ofMillis(500).toNanos();

  private final NodeConnection connection;
  private final NodeRooms rooms;
  private final LongSupplier nanoClock;
  private final Owner owner;
  private final ScheduledExecutorService loop;
  private @Nullable InterestStream stream;

  /** Whether the owner has ended the stream, or its end was reported. */
  private boolean over;

  /** Timer of the next update, or of the end. */
  private @Nullable Future<?> timer;

  private long heardNanos;
  private boolean stepping;

  /** Task that waits for the end of a stream that this side has ended; null without one. */
  private @Nullable Runnable afterEnd;

  /** The receiver of the stream's events; none follows after it has ended the stream. */
  interface Owner {
    /** A part of the updates is in effect. */
    void onApplied();

    /**
     * The last event: the stream is lost.
     *
     * @param why the trouble of a node that breaks the rules; null without one
     */
    void onLost(@Nullable NodeTrouble why);

    /** The last event: the node has no such service. */
    void onUnimplemented();
  }

  RoomSubscription(
      NodeConnection connection, NodeRooms rooms, LongSupplier nanoClock, Owner owner) {
    this.connection = connection;
    this.rooms = rooms;
    this.nanoClock = nanoClock;
    this.owner = owner;
    this.loop = connection.loop();
  }

  void open() {
    heardNanos = nanoClock.getAsLong();
    stream = connection.openInterest(this);
    connection.flush();
    awaitUpdate(SILENCE_NANOS);
  }

  /**
   * Ends this side, and the stream if the node does not.
   *
   * @param then runs when the stream has ended
   */
  void finish(Runnable then) {
    over = true;
    stopTimer();
    afterEnd = then;
    if (stream == null) {
      ended();
      return;
    }
    stream.finish();
    connection.flush();
    timer =
        loop.schedule(
            () -> {
              reset();
              ended();
            },
            END_NANOS,
            NANOSECONDS);
  }

  private void ended() {
    Runnable then = afterEnd;
    afterEnd = null;
    if (then != null) {
      then.run();
    }
  }

  private void awaitUpdate(long nanos) {
    timer = loop.schedule(this::checkSilence, nanos, NANOSECONDS);
  }

  private void checkSilence() {
    long left = heardNanos + SILENCE_NANOS - nanoClock.getAsLong();
    if (over) {
      return;
    }
    if (left > 0) {
      awaitUpdate(left);
    } else {
      lost(null);
    }
  }

  private void lost(@Nullable NodeTrouble why) {
    over = true;
    reset();
    owner.onLost(why);
  }

  private void reset() {
    stopTimer();
    if (stream != null) {
      stream.reset();
      connection.flush();
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  // ---- events of the stream

  @Override
  public void onUpdate(RoomUpdate update) {
    if (over) {
      return;
    }
    heardNanos = nanoClock.getAsLong();
    try {
      rooms.add(update);
    } catch (InvalidUpdate e) {
      onBroken(String.valueOf(e.getMessage()));
      return;
    }
    if (!stepping) {
      step();
    }
  }

  private void step() {
    stepping = false;
    if (over) {
      return;
    }
    boolean more = rooms.step(this::applied);
    owner.onApplied();
    connection.flush();
    if (more) {
      stepping = true;
      // A task that submits itself holds up the loop's sockets; a timer does not.
      var _ = loop.schedule(this::step, 0, NANOSECONDS);
    }
  }

  private void applied(long version) {
    if (stream != null) {
      stream.applied(version);
    }
  }

  @Override
  public void onBroken(String why) {
    if (!over) {
      lost(
          new NodeTrouble(
              ProblemReason.INTEREST_INVALID,
              "its list of rooms cannot be followed, so it gets every message: " + why));
    }
  }

  @Override
  public void onEnded(StatusCode code, String detail) {
    stopTimer();
    ended();
    if (over) {
      return;
    }
    over = true;
    if (code == StatusCode.UNIMPLEMENTED) {
      owner.onUnimplemented();
    } else {
      owner.onLost(null);
    }
  }
}
