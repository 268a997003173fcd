package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.model.Rpc;
import io.pushfanout.server.guard.CallMetadata;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request of a caller with any number of broadcasts, of which each is a {@link BroadcastCall} of
 * its own. A refusal of the whole request counts as one broadcast, and has one audit record.
 *
 * <p>All methods run on the caller's loop.
 */
public final class BroadcastVisit {
  /** Metadata of a request that has named nothing yet. */
  private static final CallMetadata NONE = _ -> List.of();

  private final BroadcastGate gate;
  private final LoopGuard hops;
  private final CallerLink link;
  private final CallMetadata shown;

  /** Identity of the caller; null without authorization, and before it. */
  private @Nullable String identity;

  BroadcastVisit(BroadcastGate gate, LoopGuard hops, CallerLink link, CallMetadata shown) {
    this.gate = gate;
    this.hops = hops;
    this.link = link;
    this.shown = shown;
  }

  /**
   * Checks the caller before its request is read. Its rights are for each broadcast to check.
   *
   * @param onDecided receives null, or the refusal of the request: at once, or later on the loop
   */
  public void identify(Consumer<@Nullable CallStatus> onDecided) {
    if (gate.isRefusing()) {
      onDecided.accept(recorded(gate.refusals().ofShutdown()));
    } else if (gate.decisions().hasAccessControl()) {
      CallStatus full =
          gate.decisions().identify(link, shown, decision -> onDecided.accept(refusal(decision)));
      if (full != null) {
        onDecided.accept(recorded(full));
      }
    } else {
      onDecided.accept(null);
    }
  }

  private @Nullable CallStatus refusal(Decision decision) {
    identity = decision.caller();
    return switch (decision) {
      // Of a decision that is missing, a broadcast may have a cached one.
      case Decision.Allowed _, Decision.Denied _, Decision.Unavailable _ -> null;
      case Decision.Unauthenticated _, Decision.Barred _ ->
          recorded(requireNonNull(gate.refusals().of(decision, new Target.Unnamed())));
    };
  }

  /**
   * Returns a broadcast of this request, to be begun.
   *
   * @param metadata names the target, and what else metadata names; has the caller's credentials
   * @param timeoutNanos time that the caller waits; {@link Long#MAX_VALUE} without a limit
   */
  public BroadcastCall newCall(
      Rpc rpc, CallMetadata metadata, long timeoutNanos, BroadcastCall.Listener listener) {
    BroadcastHeaders headers =
        BroadcastHeaders.of(rpc, metadata, false, timeoutNanos, link.network(), hops);
    return new BroadcastCall(gate, headers, metadata, link, listener);
  }

  /** Refuses a request, or a part of it, that is no broadcast. */
  public CallStatus refuseInvalid(String why) {
    return recorded(gate.refusals().ofMessage(why));
  }

  /**
   * Refuses a request with too many bytes.
   *
   * @param most bytes that a request may have
   */
  public CallStatus refuseTooLarge(long most) {
    return recorded(gate.refusals().ofLargeRequest(most));
  }

  /** Refuses a request for which the budget has no room. */
  public CallStatus refuseNoRoom() {
    return recorded(gate.refusals().of(new RequestBody.Fault.NoRoom()));
  }

  /** Refuses a request that is not whole in time. */
  public CallStatus refuseIncomplete(String why) {
    return recorded(gate.refusals().ofIncomplete(why));
  }

  private CallStatus recorded(CallStatus status) {
    CallAudit audit = gate.audit(Rpc.BROADCAST.method(), NONE, link);
    if (audit != null) {
      if (identity != null) {
        audit.identified(identity);
      }
      audit.closed(status);
    }
    return status;
  }
}
