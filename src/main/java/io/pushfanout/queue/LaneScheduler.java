package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.Payload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of one node's {@link Lane}s: the choice of a stream for each message. Guarded by
 * the lock of its {@link MessageQueue}.
 *
 * <p>Order: a lane with unsettled messages stays on their stream; an idle lane may go to any. So a
 * stream can be closed or lost and another opened at any time, and messages of one room never
 * overtake each other: a lane on a full or closing stream waits until the lane is idle. Its
 * messages are skipped meanwhile, so that they hold up no others; with one worker no message is
 * skipped, as the order of all messages is promised then.
 *
 * <p>A lane with skipped messages is blocked on one thing: room on its stream, or any stream, or
 * the end of a backoff. So a step inspects only lanes that it may help, and a limited number of
 * messages, by its {@link StepAllowance}.
 */
final class LaneScheduler {
  private final WaitingMessages waiting;
  private final List<StreamSlot> open;
  private final StepAllowance allowance;
  private final Consumer<StreamSlot> onGranted;
  private final Lanes lanes = new Lanes();

  /** Streams with room, and with lanes that wait for it. */
  private final Deque<StreamSlot> roomy = new ArrayDeque<>();

  /** Lanes with skipped messages that any stream may take. */
  private final LaneQueue anyStream = new LaneQueue();

  private int window;
  private int unsettled;

  /**
   * @param open streams that take messages, now or after a pause
   * @param onGranted called for a stream that was granted a message
   */
  LaneScheduler(
      WaitingMessages waiting,
      List<StreamSlot> open,
      StepAllowance allowance,
      Consumer<StreamSlot> onGranted) {
    this.waiting = waiting;
    this.open = open;
    this.allowance = allowance;
    this.onGranted = onGranted;
  }

  /** Returns the number of messages that are granted, unacknowledged, or in retry backoff. */
  int unsettled() {
    return unsettled;
  }

  /** Returns the number of lanes that the node needs. */
  int laneCount() {
    return lanes.size();
  }

  int window() {
    return window;
  }

  /** Sets the number of unsettled messages that each stream may have. */
  void window(int messages) {
    window = messages;
  }

  /** Returns the lane of an unsettled message. */
  Lane laneOf(QueuedMessage message) {
    return requireNonNull(lanes.find(message.payload()));
  }

  void forEachLane(Consumer<Lane> action) {
    lanes.forEach(action);
  }

  // ---- blocked lanes

  /** Puts a lane in the queue for the thing that it is blocked on, or forgets it. */
  void enlist(Lane lane) {
    if (!lane.isNeeded()) {
      LaneQueue.leave(lane);
      lanes.forget(lane);
    } else if (!lane.hasBlocked() || lane.isBackingOff()) {
      LaneQueue.leave(lane);
    } else if (lane.stream == null) {
      anyStream.add(lane);
    } else {
      lane.stream.blocked.add(lane);
      listRoomy(lane.stream);
    }
  }

  void listRoomy(StreamSlot stream) {
    if (!stream.roomy && !stream.blocked.isEmpty() && stream.hasRoom(window)) {
      stream.roomy = true;
      roomy.add(stream);
    }
  }

  /** Inspects the skipped messages of all lanes again, in the order of the waiting ones. */
  void unblockAll() {
    lanes.forEach(
        lane -> {
          lane.unblock();
          enlist(lane);
        });
  }

  /** Frees the idle lanes of a stream for any other. */
  void unpin(StreamSlot stream) {
    lanes.forEach(
        lane -> {
          if (lane.stream == stream && lane.isIdle()) {
            lane.stream = null;
            enlist(lane);
          }
        });
  }

  /** Keeps the message's lane on a stream that pauses. */
  void pin(QueuedMessage message, StreamSlot stream) {
    lanes.of(message.payload()).stream = stream;
  }

  /** Forgets skipped messages that have left the queue. */
  void forgetDeparted() {
    lanes.forEach(
        lane -> {
          if (lane.hasBlocked()) {
            boolean _ = forgetDeparted(lane);
            if (!lane.hasBlocked()) {
              enlist(lane);
            }
          }
        });
  }

  private boolean forgetDeparted(Lane lane) {
    allowance.use(lane.forgetDeparted(allowance.left()));
    if (!lane.isAtWaiting()) {
      allowance.exhaust();
    }
    return lane.isAtWaiting();
  }

  // ---- granting

  /** Returns the number of messages like this one that could be granted now. */
  int free(Payload payload) {
    Lane lane = lanes.find(payload);
    if ((lane != null && lane.hasBlocked()) || waiting.peekCursor() != null) {
      return 0;
    }
    StreamSlot stream = streamFor(lane);
    return stream == null ? 0 : stream.room(window);
  }

  /** Grants messages, skipped ones first. Returns whether any was granted. */
  boolean refill() {
    boolean any = refillRoomy();
    any |= refillAnyStream();
    return grantNew() || any;
  }

  private boolean refillRoomy() {
    boolean any = false;
    StreamSlot stream;
    while ((stream = roomy.peek()) != null) {
      Lane lane = stream.hasRoom(window) ? stream.blocked.peek() : null;
      if (lane == null) {
        roomy.remove();
        stream.roomy = false;
        continue;
      }
      if (!allowance.take()) {
        return any;
      }
      any |= grantBlocked(lane);
    }
    return any;
  }

  private boolean refillAnyStream() {
    boolean any = false;
    Lane lane;
    while ((lane = anyStream.peek()) != null && streamFor(lane) != null) {
      if (!allowance.take()) {
        return any;
      }
      any |= grantBlocked(lane);
    }
    return any;
  }

  private boolean grantBlocked(Lane lane) {
    boolean any = false;
    StreamSlot stream;
    while (forgetDeparted(lane) && lane.hasBlocked() && (stream = streamFor(lane)) != null) {
      if (!allowance.take()) {
        return any;
      }
      QueuedMessage message = requireNonNull(lane.peekBlocked());
      lane.pollBlocked();
      grant(message, lane, stream);
      any = true;
    }
    enlist(lane);
    return any;
  }

  /**
   * Grants messages that have just come and that no step has inspected. Returns whether any was
   * granted.
   */
  boolean grantNew() {
    boolean any = false;
    QueuedMessage message;
    while ((message = waiting.peekCursor()) != null) {
      Lane lane = lanes.find(message.payload());
      StreamSlot stream = lane != null && lane.hasBlocked() ? null : streamFor(lane);
      boolean skipped = stream == null && lane != null && lane.stream != null && open.size() > 1;
      if ((stream == null && !skipped) || !allowance.take()) {
        return any;
      }
      if (stream != null) {
        grant(message, lanes.of(message.payload()), stream);
        any = true;
      } else {
        block(message, requireNonNull(lane));
      }
    }
    return any;
  }

  private void block(QueuedMessage message, Lane lane) {
    boolean isFirst = !lane.hasBlocked();
    lane.block(message);
    waiting.skip();
    if (isFirst) {
      enlist(lane);
    }
  }

  private void grant(QueuedMessage message, Lane lane, StreamSlot stream) {
    waiting.remove(message);
    lane.granted(stream);
    stream.grant(message);
    unsettled++;
    onGranted.accept(stream);
  }

  private @Nullable StreamSlot streamFor(@Nullable Lane lane) {
    if (isOvertaking() || (lane != null && lane.isBackingOff())) {
      return null;
    }
    if (lane != null && lane.stream != null) {
      return lane.stream.hasRoom(window) ? lane.stream : null;
    }
    StreamSlot best = null;
    for (StreamSlot stream : open) {
      if (stream.hasRoom(window) && (best == null || stream.unsettled() < best.unsettled())) {
        best = stream;
        if (best.unsettled() == 0) {
          break;
        }
      }
    }
    return best;
  }

  /**
   * Returns whether a grant would overtake: one worker is promised an order, so messages of an
   * older stream come first.
   */
  private boolean isOvertaking() {
    return open.size() == 1 && unsettled > open.getFirst().unsettled();
  }

  /** Settles a message of a stream: its lane may be idle, and the stream has room. */
  void settled(StreamSlot stream, QueuedMessage message) {
    stream.settled(message);
    unsettled--;
    Lane lane = laneOf(message);
    lane.settled();
    if (lane.isIdle()) {
      enlist(lane);
    }
    listRoomy(stream);
  }
}
