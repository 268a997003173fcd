package io.pushfanout.discovery;

import io.pushfanout.discovery.Registry.Change;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The store of the registrations of one service. */
interface Registry {
  /**
   * Opens a session, with another member of the cluster than the last one if there is one.
   *
   * @throws RuntimeException when no attempt is possible, such as for a broken certificate file
   */
  Session open();

  /**
   * A change of a key: the state found by a listing, or an event of a watch.
   *
   * @param key the whole key, one char for each byte, so that different keys never become equal
   * @param revision revision of the store at which the key was written or deleted
   * @param registration the registration in the key; null when the key is gone
   */
  record Change(String key, long revision, @Nullable Registration registration) {}

  /**
   * A listing of all keys of a service at one moment.
   *
   * @param revision revision of the store at that moment
   * @param complete false when there are more keys than {@link #MOST}
   */
  record Listing(long revision, List<Change> keys, boolean complete) {
    /** Limit of keys that are read of one service. */
    static final int MOST = 100_000;

    public Listing {
      keys = List.copyOf(keys);
    }
  }
}
