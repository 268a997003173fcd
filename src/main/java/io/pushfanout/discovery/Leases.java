package io.pushfanout.discovery;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A connection to the store of leases; its owner closes it when anything in it fails. */
interface Leases {
  /** Returns the id of a new lease. */
  CompletableFuture<Long> grant(Duration ttl);

  /** Keeps a lease alive; returns whether it still existed. */
  CompletableFuture<Boolean> keepAlive(long lease);

  CompletableFuture<Void> put(String key, String value, long lease);

  /** Returns the lease of a key; 0 when it has none, {@link #NO_KEY} when there is no such key. */
  CompletableFuture<Long> leaseOf(String key);

  CompletableFuture<Void> revoke(long lease);

  void close();

  long NO_KEY = -1;

  /** A source of connections, each to another member than the last one if there is one. */
  interface Source {
    Leases open();
  }
}
