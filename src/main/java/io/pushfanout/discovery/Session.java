package io.pushfanout.discovery;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A connection to the registry, for one service. Whatever fails in it, its owner closes it and
 * opens another: nothing in it is expected to recover. Futures and watchers answer on any thread.
 */
interface Session {
  /** All keys of the service, read within a bounded time. */
  CompletableFuture<Listing> list();

  /**
   * Tells of every change from a revision on.
   *
   * @param revision the first of interest
   */
  void watch(long revision, Watcher watcher);

  /** Ends everything under way; never blocks. */
  void close();

  /** Is told, in order, and perhaps a little after the session was closed. */
  interface Watcher {
    void created();

    void changed(List<Change> changes);

    /** Nothing comes any more. */
    void ended(Throwable why);
  }
}
