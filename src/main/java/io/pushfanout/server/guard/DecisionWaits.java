package io.pushfanout.server.guard;

import io.pushfanout.share.Shares;

/**
 * The calls that wait for a decision about their callers, and the connections with such calls,
 * whose unread bytes take memory. Callers share both, by address.
 */
public final class DecisionWaits {
  /** Calls that wait for a decision, and connections with such calls. */
  static final int WAITING_MAX = 1024;

  private static final int CONNECTIONS_MIN = 64;

  /** Message of the refusal of a call without a place. */
  public static final String FULL =
      "too many calls wait for a decision about their callers; try again";

  private final Shares calls = new Shares(WAITING_MAX);
  private final Shares connections;

  /**
   * @param room for unread bytes that callers send ahead meanwhile, in connections: all calls of
   *     one connection share its window. At least 64 connections may have calls that wait
   */
  public DecisionWaits(long room) {
    this.connections = new Shares(Math.clamp(room, CONNECTIONS_MIN, WAITING_MAX));
  }

  /**
   * Reserves a place to wait. On the connection's loop, so that no other call of it comes between
   * the steps.
   */
  public boolean tryBegin(CallerConnection connection, Object peer) {
    if (!calls.tryTake(peer)) {
      return false;
    }
    if (connection.waiting().getAndIncrement() == 0 && !connections.tryTake(peer)) {
      connection.waiting().decrementAndGet();
      calls.giveBack(peer);
      return false;
    }
    return true;
  }

  /** Releases a place to wait. On any thread. */
  public void ended(CallerConnection connection, Object peer) {
    if (connection.waiting().decrementAndGet() == 0) {
      connections.giveBack(peer);
    }
    calls.giveBack(peer);
  }
}
