package io.pushfanout.fanout;

import io.pushfanout.model.Payload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
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
 */
final class Streams {
  private final WaitingMessages waiting;
  private final Expiry expiry;
  private final Consumer<QueuedMessage> onExpired;
  private final Lanes lanes = new Lanes();

  /** Those that take messages, or will after a pause; closing ones live on in their lanes. */
  private final List<WorkerStream> open = new ArrayList<>();

  /** Those with something to send, for the loop. */
  private final Deque<WorkerStream> toStart = new ArrayDeque<>();

  /** Those with messages that were passed over, each once. */
  private final Deque<Lane> parked = new ArrayDeque<>();

  private int window;
  private int unsettled;

  /**
   * @param onExpired told for each message that has grown too old before it was sent
   */
  Streams(WaitingMessages waiting, Expiry expiry, Consumer<QueuedMessage> onExpired) {
    this.waiting = waiting;
    this.expiry = expiry;
    this.onExpired = onExpired;
  }

  /** Which messages are too old at a moment of the engine's clock. */
  interface Expiry {
    boolean isExpired(QueuedMessage message, long nowNanos);
  }

  /** Granted, unacknowledged, or in retry backoff. */
  int unsettled() {
    return unsettled;
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
      open.add(new WorkerStream());
    }
    putBack(back);
  }

  private void close(WorkerStream stream, List<QueuedMessage> back) {
    stream.close();
    takeGranted(stream, back);
    lanes.forEach(
        lane -> {
          if (lane.stream == stream && lane.isQuiet()) {
            lane.stream = null;
          }
        });
  }

  private void takeGranted(WorkerStream stream, List<QueuedMessage> back) {
    int before = back.size();
    stream.drainGranted(back);
    back.subList(before, back.size()).forEach(message -> settled(stream, message));
  }

  private void putBack(List<QueuedMessage> back) {
    back.sort(Comparator.comparingLong(m -> m.sequence));
    waiting.addBack(back);
    parked.clear();
    lanes.forEach(Lane::unpark);
  }

  // ---- granting

  /** How many messages like this one could be granted now. */
  int free(Payload payload) {
    Lane lane = lanes.of(payload);
    if (lane.hasParked() || waiting.peekUnseen() != null) {
      return 0;
    }
    WorkerStream stream = streamFor(lane);
    return stream == null ? 0 : stream.room(window);
  }

  /** Grants what can be, first to those that were passed over. Returns whether any was. */
  boolean refill(long now) {
    boolean any = false;
    for (int left = parked.size(); left > 0; left--) {
      Lane lane = parked.remove();
      any |= grantParked(lane, now);
      if (lane.hasParked()) {
        parked.add(lane);
      }
    }
    return grantUnseen(now) || any;
  }

  private boolean grantParked(Lane lane, long now) {
    boolean any = false;
    QueuedMessage message;
    WorkerStream stream;
    while ((message = lane.peekParked()) != null && (stream = streamFor(lane)) != null) {
      lane.pollParked();
      grant(message, lane, stream, now);
      any = true;
    }
    return any;
  }

  boolean grantUnseen(long now) {
    boolean any = false;
    QueuedMessage message;
    while ((message = waiting.peekUnseen()) != null) {
      Lane lane = lanes.of(message.payload());
      WorkerStream stream = lane.hasParked() ? null : streamFor(lane);
      if (stream != null) {
        grant(message, lane, stream, now);
        any = true;
      } else if (lane.stream != null && open.size() > 1) {
        park(message, lane);
      } else {
        return any;
      }
    }
    return any;
  }

  private void park(QueuedMessage message, Lane lane) {
    if (!lane.hasParked()) {
      parked.add(lane);
    }
    lane.park(message);
    waiting.passOver();
  }

  private void grant(QueuedMessage message, Lane lane, WorkerStream stream, long now) {
    waiting.remove(message);
    if (expiry.isExpired(message, now)) {
      onExpired.accept(message);
      return;
    }
    lane.granted(stream);
    stream.grant(message);
    unsettled++;
    list(stream);
  }

  private @Nullable WorkerStream streamFor(Lane lane) {
    if (lane.isResting() || isOvertaking()) {
      return null;
    }
    if (lane.stream != null) {
      return lane.stream.hasRoom(window) ? lane.stream : null;
    }
    WorkerStream best = null;
    for (WorkerStream stream : open) {
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

  /** One of those that wait has been thrown out. */
  void forget(QueuedMessage message) {
    if (parked.isEmpty()) {
      return;
    }
    Lane lane = lanes.of(message.payload());
    if (lane.peekParked() == message) {
      lane.pollParked();
      if (!lane.hasParked()) {
        parked.remove(lane);
      }
    }
  }

  // ---- sending

  private void list(WorkerStream stream) {
    if (!stream.listed) {
      stream.listed = true;
      toStart.add(stream);
    }
  }

  /** The next that has something to send; null when there is none. */
  @Nullable WorkerStream pollToStart() {
    for (WorkerStream s = toStart.poll(); s != null; s = toStart.poll()) {
      s.listed = false;
      if (s.hasGranted()) {
        return s;
      }
    }
    return null;
  }

  void startLater(WorkerStream stream) {
    list(stream);
  }

  /** Takes the next to send, as much as fits into one request. */
  void takeBatch(WorkerStream stream, List<QueuedMessage> batch, long now) {
    long bytes = 0;
    QueuedMessage message;
    while ((message = stream.peekGranted()) != null && stream.hasGranted()) {
      if (expiry.isExpired(message, now)) {
        settled(stream, stream.pollGranted());
        onExpired.accept(message);
        continue;
      }
      bytes += NodeStream.envelopeBytes(message.payload());
      if (bytes > NodeStream.MAX_BATCH_BYTES && !batch.isEmpty()) {
        break;
      }
      stream.sent(stream.pollGranted());
      batch.add(message);
    }
  }

  /** Throws out what has been granted and has grown too old before it could be sent. */
  void expireGranted(long now) {
    for (WorkerStream stream : open) {
      QueuedMessage oldest;
      while ((oldest = stream.peekGranted()) != null && expiry.isExpired(oldest, now)) {
        settled(stream, stream.pollGranted());
        onExpired.accept(oldest);
      }
    }
  }

  // ---- settling

  void settled(WorkerStream stream, QueuedMessage message) {
    stream.settled(message);
    lanes.of(message.payload()).settled();
    unsettled--;
  }

  /** It waits for its next attempt, and its lane with it. */
  void rest(QueuedMessage message) {
    lanes.of(message.payload()).rest();
  }

  /** It is to be sent again, once no other of its lane rests. */
  void endRest(QueuedMessage message) {
    Lane lane = lanes.of(message.payload());
    WorkerStream stream = lane.stream;
    List<QueuedMessage> back = new ArrayList<>();
    for (QueuedMessage rested : lane.endRest(message)) {
      if (stream != null && !stream.isClosing()) {
        stream.grantAgain(rested);
        list(stream);
      } else if (stream != null) {
        settled(stream, rested);
        back.add(rested);
      }
    }
    if (!back.isEmpty()) {
      putBack(back);
    }
  }

  /** It rests no longer, and is settled. */
  void failResting(QueuedMessage message) {
    Lane lane = lanes.of(message.payload());
    WorkerStream stream = lane.stream;
    lane.cancelRest();
    if (stream != null) {
      settled(stream, message);
    }
  }

  /**
   * What carried the stream is gone. These of its messages, and what it has not sent, return to
   * their places; their lanes go on on the same stream, after its pause.
   */
  void lost(WorkerStream stream, List<QueuedMessage> back) {
    back.forEach(message -> settled(stream, message));
    stream.pause();
    takeGranted(stream, back);
    if (stream.isPaused()) {
      back.forEach(message -> lanes.of(message.payload()).stream = stream);
    }
    putBack(back);
  }

  void resume(WorkerStream stream) {
    if (stream.resume() && stream.hasGranted()) {
      list(stream);
    }
  }

  /** Takes all that was granted and has not been sent. */
  List<QueuedMessage> takeUnsent() {
    List<QueuedMessage> taken = new ArrayList<>();
    open.forEach(stream -> takeGranted(stream, taken));
    lanes.forEach(
        lane -> {
          WorkerStream stream = lane.stream;
          for (QueuedMessage rested : lane.takeRested()) {
            if (stream != null) {
              settled(stream, rested);
              taken.add(rested);
            }
          }
        });
    parked.clear();
    lanes.forEach(Lane::unpark);
    return taken;
  }
}
