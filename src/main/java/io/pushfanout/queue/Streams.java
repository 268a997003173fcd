package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.Payload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one node's workers, and the choice of a stream for each message. Guarded by the
 * lock of its {@link MessageQueue}.
 *
 * <p>Order: a {@link Lane} with unsettled messages stays on their stream; an idle lane may go to
 * any. So a stream can be closed or lost and another opened at any time, and messages of one room
 * never overtake each other: a lane on a full or closing stream waits until the lane is idle. Its
 * messages are skipped meanwhile, so that they hold up no others; with one worker no message is
 * skipped, as the order of all messages is promised then.
 *
 * <p>A lane with skipped messages is blocked on one thing: room on its stream, or any stream, or
 * the end of a backoff. So a step inspects only lanes that it may help, and a limited number of
 * messages; {@link #isUnfinished} returns whether it had to stop before the end.
 */
final class Streams {
  /** Messages that one step inspects at most. */
  static final int STEP_MAX = 4096;

  private final WaitingMessages waiting;
  private final Ttl ttl;
  private final Consumer<QueuedMessage> onExpired;
  private final Wakeup wakeup;
  private final Lanes lanes = new Lanes();

  /** Streams that take messages, now or after a pause; closing ones live on in their lanes. */
  private final List<StreamSlot> open = new ArrayList<>();

  /** Streams with a message to send, for the loop. */
  private final Deque<StreamSlot> toStart = new ArrayDeque<>();

  /** Streams with room, and with lanes that wait for it. */
  private final Deque<StreamSlot> roomy = new ArrayDeque<>();

  /** Lanes with skipped messages that any stream may take. */
  private final LaneQueue anyStream = new LaneQueue();

  private int window;
  private int unsettled;

  /** Messages that the step under way may still inspect. */
  private int allowance;

  private boolean unfinished;

  /**
   * @param onExpired called for each message that has expired before it was sent
   */
  Streams(
      WaitingMessages waiting, Ttl ttl, Consumer<QueuedMessage> onExpired, Wakeup wakeup) {
    this.waiting = waiting;
    this.ttl = ttl;
    this.onExpired = onExpired;
    this.wakeup = wakeup;
  }

  /** Returns the number of messages that are granted, unacknowledged, or in retry backoff. */
  int unsettled() {
    return unsettled;
  }

  /** Returns the number of lanes that the node needs. */
  int lanes() {
    return lanes.size();
  }

  /** Returns whether there is work that no step has come to. */
  boolean isUnfinished() {
    return unfinished;
  }

  /** Continues unfinished work, except for {@link #refill}, which is to follow. */
  void continueUnfinished(long now) {
    unfinished = false;
    expireGranted(now);
    forgetDeparted();
  }

  private boolean mayContinue() {
    if (allowance > 0) {
      allowance--;
      return true;
    }
    unfinished = true;
    return false;
  }

  // ---- number of streams

  /**
   * Opens missing streams and closes surplus ones, which take no more and end with the messages
   * already sent.
   */
  void resize(int streams, int changedWindow) {
    if (streams == open.size() && changedWindow == window) {
      return;
    }
    window = changedWindow;
    List<QueuedMessage> back = new ArrayList<>();
    while (open.size() > streams) {
      close(open.removeLast(), back);
    }
    while (open.size() < streams) {
      open.add(new StreamSlot());
    }
    putBack(back);
  }

  private void close(StreamSlot stream, List<QueuedMessage> back) {
    stream.close();
    takeGranted(stream, back);
    unpin(stream);
  }

  /** Frees the idle lanes of a stream for any other. */
  private void unpin(StreamSlot stream) {
    lanes.forEach(
        lane -> {
          if (lane.stream == stream && lane.isIdle()) {
            lane.stream = null;
            enlist(lane);
          }
        });
  }

  private void takeGranted(StreamSlot stream, List<QueuedMessage> back) {
    int before = back.size();
    stream.drainGranted(back);
    back.subList(before, back.size()).forEach(message -> settled(stream, message));
  }

  private void putBack(List<QueuedMessage> back) {
    back.sort(OrderedMessages.BY_SEQUENCE);
    waiting.addBack(back);
    unblockAll();
  }

  private void unblockAll() {
    lanes.forEach(
        lane -> {
          lane.unblock();
          enlist(lane);
        });
  }

  // ---- blocked lanes

  /** Puts a lane in the queue for the thing that it is blocked on, or forgets it. */
  private void enlist(Lane lane) {
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

  private void listRoomy(StreamSlot stream) {
    if (!stream.roomy && !stream.blocked.isEmpty() && stream.hasRoom(window)) {
      stream.roomy = true;
      roomy.add(stream);
    }
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
    allowance = STEP_MAX;
    boolean any = refillRoomy();
    any |= refillAnyStream();
    return grantFromCursor() || any;
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
      if (!mayContinue()) {
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
      if (!mayContinue()) {
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
      if (!mayContinue()) {
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

  private boolean forgetDeparted(Lane lane) {
    allowance -= lane.forgetDeparted(allowance);
    unfinished |= !lane.isAtWaiting();
    return lane.isAtWaiting();
  }

  /**
   * Grants messages that have just come and that no step has inspected. Returns whether any was
   * granted.
   */
  boolean grantNew() {
    allowance = STEP_MAX;
    return grantFromCursor();
  }

  private boolean grantFromCursor() {
    boolean any = false;
    QueuedMessage message;
    while ((message = waiting.peekCursor()) != null) {
      Lane lane = lanes.find(message.payload());
      StreamSlot stream = lane != null && lane.hasBlocked() ? null : streamFor(lane);
      boolean skipped = stream == null && lane != null && lane.stream != null && open.size() > 1;
      if ((stream == null && !skipped) || !mayContinue()) {
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
    list(stream);
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

  /** Forgets skipped messages that have left the queue. */
  void forgetDeparted() {
    allowance = STEP_MAX;
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

  // ---- sending

  private void list(StreamSlot stream) {
    if (!stream.listed) {
      stream.listed = true;
      toStart.add(stream);
    }
  }

  /** Returns the next stream that has a message to send; null when there is none. */
  @Nullable StreamSlot pollToStart() {
    for (StreamSlot s = toStart.poll(); s != null; s = toStart.poll()) {
      s.listed = false;
      if (s.isDue()) {
        return s;
      }
    }
    return null;
  }

  /** Lists a stream again that cannot be started now; the caller wakes the loop for it. */
  void startLater(StreamSlot stream) {
    list(stream);
  }

  private void startNow(StreamSlot stream) {
    list(stream);
    wakeup.now();
  }

  /** Lists a stream if a message is due that has waited for the end of the sent ones. */
  void listIfDue(StreamSlot stream) {
    if (stream.unacknowledged() == 0 && stream.isDue()) {
      startNow(stream);
    }
  }

  /**
   * Takes the next messages to send, up to {@code room} bytes, or one message; none that goes by a
   * call.
   */
  void takeBatch(StreamSlot stream, int room, List<QueuedMessage> batch, long now) {
    long bytes = 0;
    QueuedMessage message;
    allowance = STEP_MAX;
    while ((message = unexpired(stream, now)) != null && stream.isDue() && !message.goesByCall()) {
      bytes += EnvelopeSize.bytes(message.payload());
      if (bytes > room && !batch.isEmpty()) {
        break;
      }
      stream.sent(stream.pollGranted());
      batch.add(message);
    }
    if (batch.isEmpty()) {
      listIfDue(stream);
    }
  }

  /** Takes the next message if it goes by a call, and can now. */
  @Nullable QueuedMessage takeCall(StreamSlot stream, long now) {
    allowance = STEP_MAX;
    QueuedMessage message = unexpired(stream, now);
    if (message == null || !stream.isDue() || !message.goesByCall()) {
      listIfDue(stream);
      return null;
    }
    stream.sent(stream.pollGranted());
    return message;
  }

  /** Returns the next message to send, once expired ones are gone; null when there is none. */
  private @Nullable QueuedMessage unexpired(StreamSlot stream, long now) {
    QueuedMessage message = stream.hasGranted() ? stream.peekGranted() : null;
    while (message != null && ttl.isOverForGranted(message, now)) {
      if (!mayContinue()) {
        startNow(stream);
        return null;
      }
      expireGranted(stream);
      message = stream.peekGranted();
    }
    return message;
  }

  private void expireGranted(StreamSlot stream) {
    QueuedMessage message = stream.pollGranted();
    settled(stream, message);
    onExpired.accept(message);
  }

  /** Drops granted messages that have expired before they could be sent. */
  void expireGranted(long now) {
    allowance = STEP_MAX;
    for (StreamSlot stream : open) {
      QueuedMessage oldest;
      while ((oldest = stream.peekGranted()) != null && ttl.isOverForGranted(oldest, now)) {
        if (!mayContinue()) {
          return;
        }
        expireGranted(stream);
      }
    }
  }

  /** Frees memory that was needed for a burst; called a few times a second. */
  void trim() {
    open.forEach(StreamSlot::trim);
  }

  // ---- settling

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

  /** Returns the lane of an unsettled message. */
  private Lane laneOf(QueuedMessage message) {
    return requireNonNull(lanes.find(message.payload()));
  }

  /** Starts the backoff of a message, and of its lane with it. */
  void backOff(QueuedMessage message) {
    Lane lane = laneOf(message);
    lane.backOff(message);
    LaneQueue.leave(lane);
  }

  /** Ends the backoff of messages. Each is sent again once no older one of its lane backs off. */
  void endBackoff(List<QueuedMessage> messages, long now) {
    List<QueuedMessage> next = new ArrayList<>();
    for (QueuedMessage message : messages) {
      Lane lane = laneOf(message);
      lane.endBackoff(message, next);
      if (!lane.isBackingOff()) {
        enlist(lane);
      }
    }
    List<QueuedMessage> back = new ArrayList<>();
    next.forEach(message -> retry(message, now, back));
    if (!back.isEmpty()) {
      putBack(back);
    }
  }

  private void retry(QueuedMessage message, long now, List<QueuedMessage> back) {
    StreamSlot stream = requireNonNull(laneOf(message).stream);
    if (ttl.isOver(message, now)) {
      settled(stream, message);
      onExpired.accept(message);
    } else if (stream.isClosing()) {
      settled(stream, message);
      back.add(message);
    } else {
      stream.grantAgain(message);
      startNow(stream);
    }
  }

  /** Settles a message in backoff, which has no next attempt. */
  void failBackingOff(QueuedMessage message) {
    Lane lane = laneOf(message);
    lane.cancelBackoff(message);
    settled(requireNonNull(lane.stream), message);
  }

  /**
   * Puts back messages of a stream that has lost its network stream: these, and those not yet sent.
   * Their lanes go on on the same stream, after its pause.
   */
  void lost(StreamSlot stream, List<QueuedMessage> back) {
    back.forEach(message -> settled(stream, message));
    stream.pause();
    takeGranted(stream, back);
    if (stream.isPaused()) {
      back.forEach(message -> lanes.of(message.payload()).stream = stream);
    }
    putBack(back);
  }

  void resume(StreamSlot stream) {
    if (stream.resume()) {
      if (stream.hasGranted()) {
        startNow(stream);
      }
      unpin(stream);
      listRoomy(stream);
    }
  }

  /** Puts back granted messages that have not been sent. */
  void takeBackGranted() {
    List<QueuedMessage> back = new ArrayList<>();
    open.forEach(stream -> takeGranted(stream, back));
    if (!back.isEmpty()) {
      putBack(back);
    }
  }

  /**
   * Takes all granted messages that have not been sent, and those that wait behind an older one in
   * backoff.
   */
  List<QueuedMessage> takeUnsent() {
    List<QueuedMessage> taken = new ArrayList<>();
    open.forEach(stream -> takeGranted(stream, taken));
    List<QueuedMessage> ready = new ArrayList<>();
    lanes.forEach(lane -> lane.takeReady(ready));
    ready.forEach(message -> settled(requireNonNull(laneOf(message).stream), message));
    taken.addAll(ready);
    unblockAll();
    return taken;
  }
}
