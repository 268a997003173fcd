package io.pushfanout.queue;

/**
 * The receiver of the ends of one message's deliveries, one for each queue that has taken the
 * message.
 *
 * <p>Called under the lock of a {@link MessageQueue}, from any thread: an implementation calls
 * nothing that could wait.
 */
public interface DeliveryEnds {
  /**
   * Receives one end.
   *
   * @param ledger the ledger of the node
   */
  void ended(QueuedMessage message, DeliveryEnd end, Ledger ledger);
}
