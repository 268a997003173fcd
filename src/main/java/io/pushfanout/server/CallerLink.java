package io.pushfanout.server;

import io.pushfanout.server.guard.CallerConnection;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection of a caller, by whatever protocol, with the loop on which its calls live. */
public interface CallerLink {
  @Nullable SocketAddress remoteAddress();

  /** Returns the network of the caller's address, by which limits tell callers apart. */
  Object network();

  /** Returns the credentials that are shown on this connection. */
  CallerConnection caller();

  /** Returns whether the current thread is the loop's. */
  boolean isOnLoop();

  /** Runs a task on the loop, after the current one. From any thread. */
  void execute(Runnable task);
}
