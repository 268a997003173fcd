package io.pushfanout.server;

import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.IncompleteCalls;

/**
 * The entry for broadcasts that another protocol than gRPC brings, behind the same checks and
 * limits. From any thread.
 */
public final class BroadcastEntry {
  private final BroadcastGate gate;
  private final LoopGuard hops;

  BroadcastEntry(BroadcastGate gate, LoopGuard hops) {
    this.gate = gate;
    this.hops = hops;
  }

  /**
   * Begins a request.
   *
   * @param shown has the caller's credentials
   */
  public BroadcastVisit visit(CallerLink link, CallMetadata shown) {
    return new BroadcastVisit(gate, hops, link, shown);
  }

  /** Returns the requests that are not whole yet, whatever protocol brings them. */
  public IncompleteCalls incomplete() {
    return gate.incomplete();
  }

  /** Returns the budget for the bytes of requests before the engine counts them. */
  public InboundMessageBudget arrivals() {
    return gate.arrivals();
  }

  /** Returns the bytes of the largest message. */
  public int maxMessageSize() {
    return gate.maxMessageSize();
  }
}
