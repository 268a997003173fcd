package io.pushfanout.discovery;

import java.util.List;

/**
 * A listing of all keys of a service at one moment.
 *
 * @param revision revision of the store at that moment
 * @param complete false when there are more keys than {@link #MOST}
 */
record Listing(long revision, List<Change> keys, boolean complete) {
  /** Limit of keys that are read of one service. */
  static final int MOST = 100_000;

  Listing {
    keys = List.copyOf(keys);
  }
}
