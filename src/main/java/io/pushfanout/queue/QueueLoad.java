package io.pushfanout.queue;

/**
 * The load of one node's queue at a moment.
 *
 * @param fill fill level, 0 to 1 and above after a shrink: the nearer of its two bounds
 * @param waiting messages that wait
 * @param waitingBytes bytes of the messages that wait
 * @param inFlight messages that hold a worker's slot
 * @param inFlightBytes bytes of the messages in flight
 */
public record QueueLoad(
    double fill, int waiting, long waitingBytes, int inFlight, long inFlightBytes) {
  public static final QueueLoad NOTHING = new QueueLoad(0, 0, 0, 0, 0);

  public int entries() {
    return waiting + inFlight;
  }

  /** Returns the bytes that the queue takes if it shares none with other queues. */
  public long weight() {
    return waitingBytes + inFlightBytes + (long) entries() * QueuedMessage.ENTRY_BYTES;
  }

  /** Returns this load after a reset of the messages in flight. */
  public QueueLoad withoutInFlight() {
    return new QueueLoad(fill, waiting, waitingBytes, 0, 0);
  }
}
