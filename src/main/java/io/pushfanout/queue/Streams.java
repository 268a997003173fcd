package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one node's workers: their number, and their messages from the grant, by {@link
 * LaneScheduler}, to the end. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>One step inspects a limited number of messages; {@link #isUnfinished} returns whether it had
 * to stop before the end.
 */
final class Streams {
  private final WaitingMessages waiting;
  private final Ttl ttl;
  private final Consumer<QueuedMessage> onExpired;
  private final ReadyStreams ready;
  private final StepAllowance allowance = new StepAllowance();
  private final LaneScheduler lanes;

  /** Streams that take messages, now or after a pause; closing ones live on in their lanes. */
  private final List<StreamSlot> open = new ArrayList<>();

  /**
   * @param onExpired called for each message that has expired before it was sent
   */
  Streams(WaitingMessages waiting, Ttl ttl, Consumer<QueuedMessage> onExpired, Wakeup wakeup) {
    this.waiting = waiting;
    this.ttl = ttl;
    this.onExpired = onExpired;
    this.ready = new ReadyStreams(wakeup);
    this.lanes = new LaneScheduler(waiting, open, allowance, ready::add);
  }

  /** Returns the scheduler of lanes, for the other steps under the same lock. */
  LaneScheduler lanes() {
    return lanes;
  }

  /** Returns whether there is work that no step has come to. */
  boolean isUnfinished() {
    return allowance.isUnfinished();
  }

  /** Continues unfinished work, except for {@link #refill}, which is to follow. */
  void continueUnfinished(long now) {
    allowance.resume();
    expireGranted(now);
    forgetDeparted();
  }

  // ---- number of streams

  /**
   * Opens missing streams and closes surplus ones, which take no more and end with the messages
   * already sent.
   */
  void resize(int streams, int changedWindow) {
    if (streams == open.size() && changedWindow == lanes.window()) {
      return;
    }
    lanes.window(changedWindow);
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
    lanes.unpin(stream);
  }

  private void takeGranted(StreamSlot stream, List<QueuedMessage> back) {
    int before = back.size();
    stream.drainGranted(back);
    back.subList(before, back.size()).forEach(message -> lanes.settled(stream, message));
  }

  private void putBack(List<QueuedMessage> back) {
    back.sort(OrderedMessages.BY_SEQUENCE);
    waiting.addBack(back);
    lanes.unblockAll();
  }

  // ---- granting

  /** Returns the number of messages like this one that could be granted now. */
  int free(Payload payload) {
    return lanes.free(payload);
  }

  /** Grants messages, skipped ones first. Returns whether any was granted. */
  boolean refill() {
    allowance.begin();
    return lanes.refill();
  }

  /** Grants messages that have just come. Returns whether any was granted. */
  boolean grantNew() {
    allowance.begin();
    return lanes.grantNew();
  }

  /** Forgets skipped messages that have left the queue. */
  void forgetDeparted() {
    allowance.begin();
    lanes.forgetDeparted();
  }

  // ---- sending

  /**
   * Returns the streams with a message to send, for {@link StreamQueue} and under the same lock.
   */
  ReadyStreams ready() {
    return ready;
  }

  /**
   * Takes the next messages to send, up to {@code room} bytes, or one message; none that goes by a
   * call.
   */
  void takeBatch(StreamSlot stream, int room, List<QueuedMessage> batch, long now) {
    long bytes = 0;
    QueuedMessage message;
    allowance.begin();
    while ((message = unexpired(stream, now)) != null && stream.isDue() && !message.goesByCall()) {
      bytes += EnvelopeSize.bytes(message.payload());
      if (bytes > room && !batch.isEmpty()) {
        break;
      }
      stream.sent(stream.pollGranted());
      batch.add(message);
    }
    if (batch.isEmpty()) {
      ready.addIfDue(stream);
    }
  }

  /** Takes the next message if it goes by a call, and can now. */
  @Nullable QueuedMessage takeCall(StreamSlot stream, long now) {
    allowance.begin();
    QueuedMessage message = unexpired(stream, now);
    if (message == null || !stream.isDue() || !message.goesByCall()) {
      ready.addIfDue(stream);
      return null;
    }
    stream.sent(stream.pollGranted());
    return message;
  }

  /** Returns the next message to send, once expired ones are gone; null when there is none. */
  private @Nullable QueuedMessage unexpired(StreamSlot stream, long now) {
    QueuedMessage message = stream.hasGranted() ? stream.peekGranted() : null;
    while (message != null && ttl.isOverForGranted(message, now)) {
      if (!allowance.take()) {
        ready.addAndWake(stream);
        return null;
      }
      expireGranted(stream);
      message = stream.peekGranted();
    }
    return message;
  }

  private void expireGranted(StreamSlot stream) {
    QueuedMessage message = stream.pollGranted();
    lanes.settled(stream, message);
    onExpired.accept(message);
  }

  /** Drops granted messages that have expired before they could be sent. */
  void expireGranted(long now) {
    allowance.begin();
    for (StreamSlot stream : open) {
      QueuedMessage oldest;
      while ((oldest = stream.peekGranted()) != null && ttl.isOverForGranted(oldest, now)) {
        if (!allowance.take()) {
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

  /** Starts the backoff of a message, and of its lane with it. */
  void backOff(QueuedMessage message) {
    Lane lane = lanes.laneOf(message);
    lane.backOff(message);
    LaneQueue.leave(lane);
  }

  /** Ends the backoff of messages. Each is sent again once no older one of its lane backs off. */
  void endBackoff(List<QueuedMessage> messages, long now) {
    List<QueuedMessage> next = new ArrayList<>();
    for (QueuedMessage message : messages) {
      Lane lane = lanes.laneOf(message);
      lane.endBackoff(message, next);
      if (!lane.isBackingOff()) {
        lanes.enlist(lane);
      }
    }
    List<QueuedMessage> back = new ArrayList<>();
    next.forEach(message -> retry(message, now, back));
    if (!back.isEmpty()) {
      putBack(back);
    }
  }

  private void retry(QueuedMessage message, long now, List<QueuedMessage> back) {
    StreamSlot stream = requireNonNull(lanes.laneOf(message).stream);
    if (ttl.isOver(message, now)) {
      lanes.settled(stream, message);
      onExpired.accept(message);
    } else if (stream.isClosing()) {
      lanes.settled(stream, message);
      back.add(message);
    } else {
      stream.grantAgain(message);
      ready.addAndWake(stream);
    }
  }

  /** Settles a message in backoff, which has no next attempt. */
  void failBackingOff(QueuedMessage message) {
    Lane lane = lanes.laneOf(message);
    lane.cancelBackoff(message);
    lanes.settled(requireNonNull(lane.stream), message);
  }

  /**
   * Puts back messages of a stream that has lost its network stream: these, and those not yet sent.
   * Their lanes go on on the same stream, after its pause.
   */
  void lost(StreamSlot stream, List<QueuedMessage> back) {
    back.forEach(message -> lanes.settled(stream, message));
    stream.pause();
    takeGranted(stream, back);
    if (stream.isPaused()) {
      back.forEach(message -> lanes.pin(message, stream));
    }
    putBack(back);
  }

  void resume(StreamSlot stream) {
    if (stream.resume()) {
      if (stream.hasGranted()) {
        ready.addAndWake(stream);
      }
      lanes.unpin(stream);
      lanes.listRoomy(stream);
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
    List<QueuedMessage> backingOff = new ArrayList<>();
    lanes.forEachLane(lane -> lane.takeReady(backingOff));
    backingOff.forEach(
        message -> lanes.settled(requireNonNull(lanes.laneOf(message).stream), message));
    taken.addAll(backingOff);
    lanes.unblockAll();
    return taken;
  }
}
