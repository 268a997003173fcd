package io.pushfanout.discovery;

import io.pushfanout.discovery.Registry.Change;
import io.pushfanout.discovery.Registry.Listing;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A session of one service with the registry, until its first failure. Its owner then closes it and
 * opens another; nothing in it recovers. Futures and watchers are called on any thread.
 */
interface Session {
  /** Lists all keys of the service within a bounded time. */
  CompletableFuture<Listing> list();

  /**
   * Reports every change from a revision on.
   *
   * @param revision the first revision to report
   */
  void watch(long revision, Watcher watcher);

  /** Returns a future that is completed with the reason when the session has failed. */
  CompletableFuture<Throwable> end();

  /** Ends everything under way; never blocks. */
  void close();

  /** A receiver of changes, in order, and perhaps a little after the session was closed. */
  interface Watcher {
    void created();

    void changed(List<Change> changes);
  }
}
