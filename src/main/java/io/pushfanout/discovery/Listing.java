package io.pushfanout.discovery;

import java.util.List;

/**
 * All keys of a service at one moment.
 *
 * @param revision of the store at that moment
 * @param complete false when there are more than are read
 */
record Listing(long revision, List<Change> keys, boolean complete) {
  /** More registrations than this of one service are not read. */
  static final int MOST = 100_000;

  Listing {
    keys = List.copyOf(keys);
  }
}
