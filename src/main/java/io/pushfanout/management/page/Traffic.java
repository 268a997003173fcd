package io.pushfanout.management.page;

import java.util.List;

/**
 * The traffic of one fanout, or of all, during a few seconds.
 *
 * @param broadcasts calls a second
 * @param delivered deliveries a second
 * @param lost messages a second that did not reach a node, for any reason
 * @param p99Millis the bound within which 99 of 100 deliveries ended; 0 without deliveries, {@link
 *     #BEYOND} above the largest bound
 */
record Traffic(float broadcasts, float delivered, float lost, float p99Millis) {
  static final float BEYOND = -1;

  boolean isNothing() {
    return broadcasts == 0 && delivered == 0 && lost == 0;
  }

  /** Returns the values in their order, as the page takes them. */
  List<Float> values() {
    return List.of(broadcasts, delivered, lost, p99Millis);
  }
}
