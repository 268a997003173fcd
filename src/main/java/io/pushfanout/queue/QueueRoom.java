package io.pushfanout.queue;

import io.pushfanout.model.FanoutSettings;

/**
 * The room of one node's queue: its bounds in messages and bytes, and the part that is reserved for
 * broadcasts of policy {@code Reject} that other nodes have not answered yet. Guarded by the lock
 * of its {@link MessageQueue}.
 */
final class QueueRoom {
  private final WaitingMessages waiting;
  private final Ledger ledger;
  private FanoutSettings settings;
  private int reservedMessages;
  private long reservedBytes;

  QueueRoom(FanoutSettings settings, WaitingMessages waiting, Ledger ledger) {
    this.settings = settings;
    this.waiting = waiting;
    this.ledger = ledger;
  }

  void configure(FanoutSettings changed) {
    settings = changed;
  }

  /** Returns the bound in messages. */
  long messages() {
    return settings.queueSize();
  }

  /** Returns the bound in bytes. */
  long bytes() {
    return settings.queueBytes();
  }

  boolean isTooLarge(int bytes) {
    return bytes > settings.queueBytes();
  }

  /**
   * Returns whether a message fits. A message that a free worker is about to take needs no place
   * among the waiting messages.
   *
   * @param size bytes of the message
   * @param free workers that can take it now
   */
  boolean fits(int size, int free) {
    return fits(size, free, settings.queueSize(), settings.queueBytes());
  }

  /** Returns whether a message fits these bounds. */
  boolean fits(int size, int free, long messages, long bytes) {
    if (ledger.bytes() + reservedBytes + size > bytes) {
      return false;
    }
    int freeForThis = free - reservedMessages;
    return freeForThis > 0 || waiting.size() - freeForThis < messages;
  }

  /** Returns the bytes that no eviction can free. */
  long fixedBytes() {
    return ledger.bytes() - waiting.bytes() + reservedBytes;
  }

  void reserve(int size) {
    reservedMessages++;
    reservedBytes += size;
  }

  void unreserve(int size) {
    reservedMessages--;
    reservedBytes -= size;
  }

  boolean hasReservations() {
    return reservedMessages > 0;
  }

  /** Returns whether half of a bound is used, or more. */
  boolean isHalfFull() {
    return waiting.size() >= (settings.queueSize() + 1) / 2
        || ledger.bytes() >= settings.queueBytes() / 2;
  }

  /** Returns the share of the bounds that is used, from 0; above 1 after the bounds have shrunk. */
  double fill() {
    return Math.max(
        (double) waiting.size() / settings.queueSize(),
        (double) ledger.bytes() / settings.queueBytes());
  }
}
