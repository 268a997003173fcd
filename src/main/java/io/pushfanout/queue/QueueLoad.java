package io.pushfanout.queue;

/**
 * What one node's queue holds at a moment.
 *
 * @param fill how full it is, 0 to 1 and above after a shrink: the nearer of its two bounds
 * @param waiting messages that wait
 * @param waitingBytes theirs
 * @param inFlight messages that hold a worker's slot
 * @param inFlightBytes theirs
 */
public record QueueLoad(
    double fill, int waiting, long waitingBytes, int inFlight, long inFlightBytes) {
  public static final QueueLoad NOTHING = new QueueLoad(0, 0, 0, 0, 0);

  public int entries() {
    return waiting + inFlight;
  }

  /** What it takes, were none of it shared with other queues. */
  public long weight() {
    return waitingBytes + inFlightBytes + (long) entries() * QueuedMessage.ENTRY_BYTES;
  }

  /** The same once what is in flight has been reset. */
  public QueueLoad withoutInFlight() {
    return new QueueLoad(fill, waiting, waitingBytes, 0, 0);
  }
}
