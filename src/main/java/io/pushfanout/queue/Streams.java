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
 * The streams of one node's workers, and which message goes on which. Guarded by the lock of its
 * {@link MessageQueue}.
 *
 * <p>Order: a {@link Lane} with unsettled messages stays on their stream. One without may go to
 * any. So a stream can be closed or lost and another opened at any time, and messages of one room
 * never overtake each other: a lane whose stream takes no more is held until it falls quiet. Its
 * messages are passed over meanwhile, so that they hold up no others; with one worker nothing is
 * passed over, as the order of all messages is promised then.
 *
 * <p>A lane with messages that were passed over waits at what it needs: at its stream for room, or
 * for any stream, or for the end of a rest. So a step looks at those lanes alone that it may help,
 * and at so many messages at most; {@link #isUnfinished} says whether it had to stop before the
 * end.
 */
final class Streams {
  /** How many messages one step looks at. */
  static final int AT_ONCE = 4096;

  private final WaitingMessages waiting;
  private final Ttl ttl;
  private final Consumer<QueuedMessage> onExpired;
  private final Lanes lanes = new Lanes();

  /** Those that take messages, or will after a pause; closing ones live on in their lanes. */
  private final List<StreamSlot> open = new ArrayList<>();

  /** Those with something to send, for the loop. */
  private final Deque<StreamSlot> toStart = new ArrayDeque<>();

  /** Those with room, and with lanes that wait for it. */
  private final Deque<StreamSlot> roomy = new ArrayDeque<>();

  /** Those with messages that were passed over which any stream may take. */
  private final LaneQueue homeless = new LaneQueue();

  private int window;
  private int unsettled;

  /** What the step under way may still look at. */
  private int left;

  private boolean unfinished;

  /**
   * @param onExpired told for each message that has grown too old before it was sent
   */
  Streams(WaitingMessages waiting, Ttl ttl, Consumer<QueuedMessage> onExpired) {
    this.waiting = waiting;
    this.ttl = ttl;
    this.onExpired = onExpired;
  }

  /** Granted, unacknowledged, or in retry backoff. */
  int unsettled() {
    return unsettled;
  }

  /** Rooms that it has to remember. */
  int lanes() {
    return lanes.size();
  }

  /** Whether something can be done that no step has come to. */
  boolean isUnfinished() {
    return unfinished;
  }

  /** Goes on with what is unfinished, but for {@link #refill}, which is to follow. */
  void goOn(long now) {
    unfinished = false;
    expireGranted(now);
    forgetLeft();
  }

  private boolean mayGoOn() {
    if (left > 0) {
      left--;
      return true;
    }
    unfinished = true;
    return false;
  }

  // ---- how many there are

  /** Those that are too many take no more and end with what they have sent. */
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

  /** What is quiet need not go on there. */
  private void unpin(StreamSlot stream) {
    lanes.forEach(
        lane -> {
          if (lane.stream == stream && lane.isQuiet()) {
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
    unparkAll();
  }

  private void unparkAll() {
    lanes.forEach(
        lane -> {
          lane.unpark();
          enlist(lane);
        });
  }

  // ---- what lanes wait for

  /** Puts a lane where it is looked at when that may help, or forgets it. */
  private void enlist(Lane lane) {
    if (!lane.isNeeded()) {
      LaneQueue.leave(lane);
      lanes.forget(lane);
    } else if (!lane.hasParked() || lane.isResting()) {
      LaneQueue.leave(lane);
    } else if (lane.stream == null) {
      homeless.add(lane);
    } else {
      lane.stream.parked.add(lane);
      listRoomy(lane.stream);
    }
  }

  private void listRoomy(StreamSlot stream) {
    if (!stream.roomy && !stream.parked.isEmpty() && stream.hasRoom(window)) {
      stream.roomy = true;
      roomy.add(stream);
    }
  }

  // ---- granting

  /** How many messages like this one could be granted now. */
  int free(Payload payload) {
    Lane lane = lanes.find(payload);
    if ((lane != null && lane.hasParked()) || waiting.peekUnseen() != null) {
      return 0;
    }
    StreamSlot stream = streamFor(lane);
    return stream == null ? 0 : stream.room(window);
  }

  /** Grants what can be, first to those that were passed over. Returns whether any was. */
  boolean refill() {
    left = AT_ONCE;
    boolean any = refillRoomy();
    any |= refillHomeless();
    return grantUnseen() || any;
  }

  private boolean refillRoomy() {
    boolean any = false;
    StreamSlot stream;
    while ((stream = roomy.peek()) != null) {
      Lane lane = stream.hasRoom(window) ? stream.parked.peek() : null;
      if (lane == null) {
        roomy.remove();
        stream.roomy = false;
        continue;
      }
      if (!mayGoOn()) {
        return any;
      }
      any |= grantParked(lane);
    }
    return any;
  }

  private boolean refillHomeless() {
    boolean any = false;
    Lane lane;
    while ((lane = homeless.peek()) != null && streamFor(lane) != null) {
      if (!mayGoOn()) {
        return any;
      }
      any |= grantParked(lane);
    }
    return any;
  }

  private boolean grantParked(Lane lane) {
    boolean any = false;
    StreamSlot stream;
    while (skipLeft(lane) && lane.hasParked() && (stream = streamFor(lane)) != null) {
      if (!mayGoOn()) {
        return any;
      }
      QueuedMessage message = requireNonNull(lane.peekParked());
      lane.pollParked();
      grant(message, lane, stream);
      any = true;
    }
    enlist(lane);
    return any;
  }

  private boolean skipLeft(Lane lane) {
    left -= lane.skipLeft(left);
    unfinished |= !lane.isAtWaiting();
    return lane.isAtWaiting();
  }

  /** The same for what has just come, and was looked at by nobody. */
  boolean grantNew() {
    left = AT_ONCE;
    return grantUnseen();
  }

  private boolean grantUnseen() {
    boolean any = false;
    QueuedMessage message;
    while ((message = waiting.peekUnseen()) != null) {
      Lane lane = lanes.find(message.payload());
      StreamSlot stream = lane != null && lane.hasParked() ? null : streamFor(lane);
      boolean passedOver = stream == null && lane != null && lane.stream != null && open.size() > 1;
      if ((stream == null && !passedOver) || !mayGoOn()) {
        return any;
      }
      if (stream != null) {
        grant(message, lanes.of(message.payload()), stream);
        any = true;
      } else {
        park(message, requireNonNull(lane));
      }
    }
    return any;
  }

  private void park(QueuedMessage message, Lane lane) {
    boolean isFirst = !lane.hasParked();
    lane.park(message);
    waiting.passOver();
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
    if (isOvertaking() || (lane != null && lane.isResting())) {
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

  /** One worker is promised an order: what an older stream still has comes first. */
  private boolean isOvertaking() {
    return open.size() == 1 && unsettled > open.getFirst().unsettled();
  }

  /** Some of those that wait have left: whoever remembers them forgets them. */
  void forgetLeft() {
    left = AT_ONCE;
    lanes.forEach(
        lane -> {
          if (lane.hasParked()) {
            boolean _ = skipLeft(lane);
            if (!lane.hasParked()) {
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

  /** The next that has something to send; null when there is none. */
  @Nullable StreamSlot pollToStart() {
    for (StreamSlot s = toStart.poll(); s != null; s = toStart.poll()) {
      s.listed = false;
      if (s.isDue()) {
        return s;
      }
    }
    return null;
  }

  void startLater(StreamSlot stream) {
    list(stream);
  }

  /** What has waited for the end of what was sent may be due now. */
  void listIfDue(StreamSlot stream) {
    if (stream.unacknowledged() == 0 && stream.isDue()) {
      list(stream);
    }
  }

  /** Takes the next to send, so many bytes at most, or one message; none that goes by a call. */
  void takeBatch(StreamSlot stream, int room, List<QueuedMessage> batch, long now) {
    long bytes = 0;
    QueuedMessage message;
    left = AT_ONCE;
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

  /** Takes the next if it goes by a call, and can now. */
  @Nullable QueuedMessage takeCall(StreamSlot stream, long now) {
    left = AT_ONCE;
    QueuedMessage message = unexpired(stream, now);
    if (message == null || !stream.isDue() || !message.goesByCall()) {
      listIfDue(stream);
      return null;
    }
    stream.sent(stream.pollGranted());
    return message;
  }

  /** The next to send, once those that are too old are gone; null when there is none. */
  private @Nullable QueuedMessage unexpired(StreamSlot stream, long now) {
    QueuedMessage message = stream.hasGranted() ? stream.peekGranted() : null;
    while (message != null && ttl.isOverForGranted(message, now)) {
      if (!mayGoOn()) {
        list(stream);
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

  /** Throws out what has been granted and has grown too old before it could be sent. */
  void expireGranted(long now) {
    left = AT_ONCE;
    for (StreamSlot stream : open) {
      QueuedMessage oldest;
      while ((oldest = stream.peekGranted()) != null && ttl.isOverForGranted(oldest, now)) {
        if (!mayGoOn()) {
          return;
        }
        expireGranted(stream);
      }
    }
  }

  /** To be called now and then: what was needed for a burst is not kept. */
  void trim() {
    open.forEach(StreamSlot::trim);
  }

  // ---- settling

  void settled(StreamSlot stream, QueuedMessage message) {
    stream.settled(message);
    unsettled--;
    Lane lane = laneOf(message);
    lane.settled();
    if (lane.isQuiet()) {
      enlist(lane);
    }
    listRoomy(stream);
  }

  /** Of one that is unsettled. */
  private Lane laneOf(QueuedMessage message) {
    return requireNonNull(lanes.find(message.payload()));
  }

  /** It waits for its next attempt, and its lane with it. */
  void rest(QueuedMessage message) {
    Lane lane = laneOf(message);
    lane.rest(message);
    LaneQueue.leave(lane);
  }

  /** They are to be sent again, each once no older one of its lane rests. */
  void endRest(List<QueuedMessage> messages, long now) {
    List<QueuedMessage> next = new ArrayList<>();
    for (QueuedMessage message : messages) {
      Lane lane = laneOf(message);
      lane.endRest(message, next);
      if (!lane.isResting()) {
        enlist(lane);
      }
    }
    List<QueuedMessage> back = new ArrayList<>();
    next.forEach(message -> goOn(message, now, back));
    if (!back.isEmpty()) {
      putBack(back);
    }
  }

  private void goOn(QueuedMessage message, long now, List<QueuedMessage> back) {
    StreamSlot stream = requireNonNull(laneOf(message).stream);
    if (ttl.isOver(message, now)) {
      settled(stream, message);
      onExpired.accept(message);
    } else if (stream.isClosing()) {
      settled(stream, message);
      back.add(message);
    } else {
      stream.grantAgain(message);
      list(stream);
    }
  }

  /** It rests no longer, and is settled. */
  void failResting(QueuedMessage message) {
    Lane lane = laneOf(message);
    lane.cancelRest(message);
    settled(requireNonNull(lane.stream), message);
  }

  /**
   * What carried the stream is gone. These of its messages, and what it has not sent, return to
   * their places; their lanes go on on the same stream, after its pause.
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
        list(stream);
      }
      unpin(stream);
      listRoomy(stream);
    }
  }

  /** What was granted and has not been sent waits again. */
  void takeBackGranted() {
    List<QueuedMessage> back = new ArrayList<>();
    open.forEach(stream -> takeGranted(stream, back));
    if (!back.isEmpty()) {
      putBack(back);
    }
  }

  /** Takes all that was granted and has not been sent. */
  List<QueuedMessage> takeUnsent() {
    List<QueuedMessage> taken = new ArrayList<>();
    open.forEach(stream -> takeGranted(stream, taken));
    List<QueuedMessage> rested = new ArrayList<>();
    lanes.forEach(lane -> lane.takeRested(rested));
    rested.forEach(message -> settled(requireNonNull(laneOf(message).stream), message));
    taken.addAll(rested);
    unparkAll();
    return taken;
  }
}
