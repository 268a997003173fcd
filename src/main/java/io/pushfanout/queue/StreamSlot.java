package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one worker, as the queue sees it: the messages to send, and those that the node has
 * not acknowledged. Guarded by the lock of its {@link MessageQueue}.
 *
 * <p>A slot outlives the loss of its network stream: it pauses, and goes on with another one.
 */
public final class StreamSlot {
  private enum State {
    OPEN,
    /** Lost; sends nothing until some time has passed. */
    PAUSED,
    /** Closing: takes no more messages, and ends with those it has. */
    CLOSING
  }

  /**
   * Bytes that a stream takes at most, or one message: the window counts envelopes, and a thousand
   * large ones would take memory outside every bound of the queue.
   */
  private static final long MAX_BYTES = 4 << 20;

  /** Unsettled messages that an idle stream may have had at most to keep its lists. */
  private static final int SMALL = 64;

  private OrderedMessages granted = new OrderedMessages();
  private Deque<QueuedMessage> unacknowledged = new ArrayDeque<>();
  private State state = State.OPEN;
  private int unsettled;
  private int mostUnsettled;
  private long bytes;

  /** Whether the stream is in the list of those that the loop is to start. */
  boolean listed;

  /** Lanes with unsettled messages here and more messages that wait for room. */
  final LaneQueue blocked = new LaneQueue();

  /** Whether the stream is in the list of those with room and blocked lanes. */
  boolean roomy;

  boolean hasRoom(int window) {
    return state == State.OPEN && room(window) > 0;
  }

  /** Returns the number of further messages of a usual size that the stream takes. */
  int room(int window) {
    return state == State.OPEN && bytes < MAX_BYTES ? window - unsettled : 0;
  }

  int unsettled() {
    return unsettled;
  }

  // ---- lifecycle

  void pause() {
    if (state == State.OPEN) {
      state = State.PAUSED;
    }
  }

  /** Ends a pause. Returns whether the stream is open. */
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

  /** Returns whether the network stream is not needed any more. */
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

  /** Queues a message to be sent again; it has kept its place in the window. */
  void grantAgain(QueuedMessage message) {
    granted.add(message);
  }

  boolean hasGranted() {
    return state == State.OPEN && !granted.isEmpty();
  }

  /** Returns whether the next message to send goes by a call. */
  boolean isCallNext() {
    QueuedMessage next = granted.peek();
    return next != null && next.goesByCall();
  }

  /**
   * Returns whether a message can be sent now. A call has the worker to itself, so that nothing
   * overtakes it.
   */
  boolean isDue() {
    QueuedMessage oldest = unacknowledged.peek();
    return hasGranted() && (oldest == null || (!oldest.goesByCall() && !isCallNext()));
  }

  /** Returns the next message to send, which stays; null when there is none. */
  @Nullable QueuedMessage peekGranted() {
    return granted.peek();
  }

  QueuedMessage pollGranted() {
    return requireNonNull(granted.poll());
  }

  void sent(QueuedMessage message) {
    unacknowledged.add(message);
  }

  /** Removes and returns the oldest message that the node has not acknowledged. */
  public QueuedMessage pollUnacknowledged() {
    return unacknowledged.remove();
  }

  /** Returns the number of messages that the node has not acknowledged. */
  int unacknowledged() {
    return unacknowledged.size();
  }

  void settled(QueuedMessage message) {
    unsettled--;
    bytes -= message.size();
  }

  /** Frees the memory of an idle stream's lists, which never shrink. */
  void trim() {
    if (unsettled == 0 && mostUnsettled > SMALL) {
      granted = new OrderedMessages();
      unacknowledged = new ArrayDeque<>();
      mostUnsettled = 0;
    }
  }

  /** Moves the messages that have not been sent to a list. They are not settled. */
  void drainGranted(List<QueuedMessage> to) {
    for (QueuedMessage m = granted.poll(); m != null; m = granted.poll()) {
      to.add(m);
    }
  }
}
