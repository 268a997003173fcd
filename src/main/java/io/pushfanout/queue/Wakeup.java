package io.pushfanout.queue;

/**
 * A port that wakes the node's loop, so that the loop starts the messages that the queue has
 * granted. The step that grants a message calls it, under the queue's lock: implementations never
 * wait, and may be called from any thread. Calls in close succession may wake the loop once.
 */
public interface Wakeup {
  /** Wakes the loop for a message that has waited, or for work that a step left unfinished. */
  void now();

  /** Wakes the loop for a message that has just come, which may wait for others that follow. */
  void soon();

  /** Wakes the loop at once if new messages wait for others. */
  void expedite();
}
