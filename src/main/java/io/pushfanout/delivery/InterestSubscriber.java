package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.interest.NodeRooms;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.model.ProblemReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber of one node's rooms: opens a stream on each connection, applies its updates, and
 * opens another one after a pause when the stream is lost. In each doubtful case the node gets
 * everything. Used on the node's loop only, apart from {@link #trouble}.
 */
final class InterestSubscriber implements RoomSubscription.Owner {
  static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  static final long MAX_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

  private final NodeConnection connection;
  private final NodeRooms rooms;
  private final BooleanSupplier wanted;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService loop;

  /** Present stream; null without one. Events of earlier streams have another receiver. */
  private @Nullable RoomSubscription current;

  private boolean connected;

  /** Whether this connection's node has no such service. */
  private boolean unimplemented;

  private long pauseNanos = FIRST_PAUSE_NANOS;
  private @Nullable Future<?> next;
  private volatile @Nullable NodeTrouble trouble;

  /**
   * @param wanted whether the settings let messages go by rooms
   */
  InterestSubscriber(
      NodeConnection connection, NodeRooms rooms, BooleanSupplier wanted, LongSupplier nanoClock) {
    this.connection = connection;
    this.rooms = rooms;
    this.wanted = wanted;
    this.nanoClock = nanoClock;
    this.loop = connection.loop();
    rooms.lost(unrouted());
  }

  /** Returns the way of messages to a node without a whole listing. */
  private Routing unrouted() {
    return wanted.getAsBoolean() ? Routing.EVERYTHING : Routing.OFF;
  }

  /** Returns the trouble with the node's rooms, if any. May be called from any thread. */
  Optional<NodeTrouble> trouble() {
    return Optional.ofNullable(trouble);
  }

  // ---- the connection and the settings

  /**
   * @param concurrency calls that the node takes at a time, of which the stream is one
   */
  void connected(int concurrency) {
    connected = concurrency > 1;
    unimplemented = false;
    pauseNanos = FIRST_PAUSE_NANOS;
    cancelNext();
    rooms.lost(unrouted());
    if (connected) {
      // A node that ends each connection after a few requests has them for deliveries.
      openLater(FIRST_PAUSE_NANOS);
    }
  }

  /** Ends the stream of a connection that takes nothing more; its node gets everything. */
  void disconnected() {
    connected = false;
    cancelNext();
    // The node confirms without this process once its stream has ended.
    rooms.lost(unrouted());
    finish();
  }

  /** Follows a change of the settings. */
  void configured() {
    if (wanted.getAsBoolean()) {
      if (rooms.routing() == Routing.OFF) {
        rooms.lost(Routing.EVERYTHING);
      }
      openIfWanted();
    } else {
      cancelNext();
      rooms.lost(Routing.OFF);
      finish();
      trouble = null;
      forget();
    }
  }

  /**
   * Ends the stream in good order, before the connection closes.
   *
   * @param then runs when the node has ended the stream, or after half a second
   */
  void close(Runnable then) {
    connected = false;
    cancelNext();
    RoomSubscription ending = current;
    current = null;
    rooms.lost(Routing.EVERYTHING);
    forget();
    if (ending == null) {
      then.run();
    } else {
      ending.finish(then);
    }
  }

  /** Removes the node from its rooms, in steps. */
  private void forget() {
    if (current == null && rooms.forget()) {
      var _ = loop.schedule(this::forget, 0, NANOSECONDS);
    }
  }

  private void openIfWanted() {
    if (!connected || unimplemented || current != null || next != null || !wanted.getAsBoolean()) {
      return;
    }
    if (!connection.available()) {
      openLater(FIRST_PAUSE_NANOS);
      return;
    }
    rooms.begin();
    RoomSubscription opened = new RoomSubscription(connection, rooms, nanoClock, this);
    current = opened;
    opened.open();
  }

  private void openLater(long nanos) {
    next =
        loop.schedule(
            () -> {
              next = null;
              openIfWanted();
            },
            nanos,
            NANOSECONDS);
  }

  private void cancelNext() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  private void finish() {
    RoomSubscription ending = current;
    current = null;
    if (ending != null) {
      ending.finish(() -> {});
    }
  }

  // ---- the stream

  @Override
  public void onApplied() {
    if (rooms.routing() == Routing.ROUTED) {
      pauseNanos = FIRST_PAUSE_NANOS;
    }
    trouble =
        rooms.hasTooMany()
            ? new NodeTrouble(
                ProblemReason.TOO_MANY_ROOMS,
                "it holds more rooms than --max-rooms-per-node, so it gets every message")
            : null;
  }

  @Override
  public void onLost(@Nullable NodeTrouble why) {
    current = null;
    trouble = why;
    rooms.lost(Routing.EVERYTHING);
    openLater(pauseNanos);
    pauseNanos = Math.min(MAX_PAUSE_NANOS, 2 * pauseNanos);
  }

  @Override
  public void onUnimplemented() {
    current = null;
    unimplemented = true;
    trouble = null;
    rooms.lost(Routing.UNIMPLEMENTED);
    forget();
  }
}
