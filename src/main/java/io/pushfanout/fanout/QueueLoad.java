package io.pushfanout.fanout;

/**
 * What one node's queue holds at a moment.
 *
 * @param fill how full it is, 0 to 1 and above after a shrink: the nearer of its two bounds
 * @param waiting messages that wait
 * @param waitingBytes theirs
 * @param entries messages that wait or are in flight
 */
record QueueLoad(double fill, int waiting, long waitingBytes, int entries) {
  static final QueueLoad NOTHING = new QueueLoad(0, 0, 0, 0);

  /** What could be thrown out, were none of it shared with other queues. */
  long weight() {
    return waitingBytes + (long) waiting * QueuedMessage.ENTRY_BYTES;
  }
}
