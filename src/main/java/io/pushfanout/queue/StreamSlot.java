package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one worker, as the queue sees it: what it is to send, and what the node has not
 * acknowledged. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>It outlives the loss of what carries it: it pauses then, and goes on with another.
 */
public final class StreamSlot {
  private enum State {
    OPEN,
    /** Lost; sends nothing until some time has passed. */
    PAUSED,
    /** Takes nothing more, and ends with what it has. */
    CLOSING
  }

  /**
   * What a stream takes at most, or one message: the window counts envelopes, and a thousand large
   * ones would be memory that no bound of the queue knows of.
   */
  private static final long MAX_BYTES = 4 << 20;

  /** What the lists may have held for an idle stream to keep them. */
  private static final int SMALL = 64;

  private OrderedMessages granted = new OrderedMessages();
  private Deque<QueuedMessage> unacknowledged = new ArrayDeque<>();
  private State state = State.OPEN;
  private int unsettled;
  private int mostUnsettled;
  private long bytes;

  /** Whether it is among those that the loop is to look at. */
  boolean listed;

  /** Lanes with unsettled messages here and more that wait for room. */
  final LaneQueue parked = new LaneQueue();

  /** Whether it is among those that have some. */
  boolean roomy;

  boolean hasRoom(int window) {
    return state == State.OPEN && room(window) > 0;
  }

  /** How many more of any usual size it takes. */
  int room(int window) {
    return state == State.OPEN && bytes < MAX_BYTES ? window - unsettled : 0;
  }

  int unsettled() {
    return unsettled;
  }

  // ---- its life

  void pause() {
    if (state == State.OPEN) {
      state = State.PAUSED;
    }
  }

  /** Returns whether it goes on. */
  boolean resume() {
    if (state == State.PAUSED) {
      state = State.OPEN;
    }
    return state == State.OPEN;
  }

  void close() {
    state = State.CLOSING;
  }

  boolean isPaused() {
    return state == State.PAUSED;
  }

  boolean isClosing() {
    return state == State.CLOSING;
  }

  /** Whether what carries it is not needed any more. */
  boolean hasEnded() {
    return isClosing() && unacknowledged.isEmpty();
  }

  // ---- its messages

  void grant(QueuedMessage message) {
    granted.add(message);
    unsettled++;
    mostUnsettled = Math.max(mostUnsettled, unsettled);
    bytes += message.size();
  }

  /** It has kept its place in the window, and is to be sent again. */
  void grantAgain(QueuedMessage message) {
    granted.add(message);
  }

  boolean hasGranted() {
    return state == State.OPEN && !granted.isEmpty();
  }

  /** Whether the next to send goes by a call. */
  boolean isCallNext() {
    QueuedMessage next = granted.peek();
    return next != null && next.goesByCall();
  }

  /** Whether something can be sent now. A call has the worker to itself: nothing overtakes. */
  boolean isDue() {
    QueuedMessage oldest = unacknowledged.peek();
    return hasGranted() && (oldest == null || (!oldest.goesByCall() && !isCallNext()));
  }

  /** The next to send, which stays; null when there is none. */
  @Nullable QueuedMessage peekGranted() {
    return granted.peek();
  }

  QueuedMessage pollGranted() {
    return requireNonNull(granted.poll());
  }

  void sent(QueuedMessage message) {
    unacknowledged.add(message);
  }

  /** The oldest that the node has not acknowledged. */
  public QueuedMessage pollUnacknowledged() {
    return unacknowledged.remove();
  }

  /** How many the node has not acknowledged. */
  int unacknowledged() {
    return unacknowledged.size();
  }

  void settled(QueuedMessage message) {
    unsettled--;
    bytes -= message.size();
  }

  /** An idle stream gives back the memory of its lists, which never shrink. */
  void trim() {
    if (unsettled == 0 && mostUnsettled > SMALL) {
      granted = new OrderedMessages();
      unacknowledged = new ArrayDeque<>();
      mostUnsettled = 0;
    }
  }

  /** Takes those that have not been sent. They are not settled. */
  void drainGranted(List<QueuedMessage> to) {
    for (QueuedMessage m = granted.poll(); m != null; m = granted.poll()) {
      to.add(m);
    }
  }
}
