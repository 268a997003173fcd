package io.pushfanout.node;

/**
 * The confirmation of a subscription, once each PushFanout process has applied it. For the node's
 * event loop only.
 */
final class Confirmation {
  private final Runnable onConfirmed;
  private int expected;
  private boolean asked;

  /**
   * @param onConfirmed runs once, at the last process's answer
   */
  Confirmation(Runnable onConfirmed) {
    this.onConfirmed = onConfirmed;
  }

  /** Waits for one more process. */
  void expect() {
    expected++;
  }

  /** Ends the wait for one process. */
  void applied() {
    expected--;
    confirmIfDue();
  }

  /** Ends the search for processes to wait for. */
  void asked() {
    asked = true;
    confirmIfDue();
  }

  private void confirmIfDue() {
    if (isConfirmed()) {
      onConfirmed.run();
    }
  }

  boolean isConfirmed() {
    return asked && expected == 0;
  }
}
