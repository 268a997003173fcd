package io.pushfanout.queue;

/**
 * The number of messages that one step of the streams may inspect, so that the queue's lock is free
 * again soon. Guarded by the lock of its {@link MessageQueue}.
 */
final class StepAllowance {
  /** Messages that one step inspects at most. */
  static final int MAX = 4096;

  private int left;
  private boolean unfinished;

  /** Begins a step. */
  void begin() {
    left = MAX;
  }

  int left() {
    return left;
  }

  /**
   * Takes the allowance for one message. Returns false when the step has to stop before its end.
   */
  boolean take() {
    if (left > 0) {
      left--;
      return true;
    }
    unfinished = true;
    return false;
  }

  void use(int messages) {
    left -= messages;
  }

  /** Records that the step stops before its end. */
  void exhaust() {
    unfinished = true;
  }

  /** Returns whether there is work that no step has come to. */
  boolean isUnfinished() {
    return unfinished;
  }

  /** Records that the unfinished work is being continued. */
  void resume() {
    unfinished = false;
  }
}
