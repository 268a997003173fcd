package io.pushfanout.discovery;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A connection to where leases are kept; its owner closes it when anything in it fails. */
interface Leases {
  /** The id of a new lease. */
  CompletableFuture<Long> grant(Duration ttl);

  /** Whether the lease was still there to be kept alive. */
  CompletableFuture<Boolean> keepAlive(long lease);

  CompletableFuture<Void> put(String key, String value, long lease);

  /** The lease of a key; 0 when it has none, {@link #NO_KEY} when there is no such key. */
  CompletableFuture<Long> leaseOf(String key);

  CompletableFuture<Void> revoke(long lease);

  void close();

  long NO_KEY = -1;

  /** Opens a connection, to another member than the last one if there is one. */
  interface Source {
    Leases open();
  }
}
