package io.pushfanout.discovery;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What one service has to do with the registry, until the first thing fails: its owner closes it
 * then and opens another, nothing in it is expected to recover. Futures and watchers answer on any
 * thread.
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

  /** Completed with the reason when nothing more is to be expected of it. */
  CompletableFuture<Throwable> end();

  /** Ends everything under way; never blocks. */
  void close();

  /** Is told, in order, and perhaps a little after the session was closed. */
  interface Watcher {
    void created();

    void changed(List<Change> changes);
  }
}
