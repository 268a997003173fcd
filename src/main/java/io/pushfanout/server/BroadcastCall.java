package io.pushfanout.server;

import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast of a caller, whatever protocol brings it: the decision about the caller, admission,
 * the offer to the engine, the end. Refusals are counted, and each call that has begun gets its
 * audit record.
 *
 * <p>All methods run on the caller's loop, and so do the listener's.
 */
public final class BroadcastCall {
  private enum Phase {
    /** The decision about the caller is pending. */
    DECIDING,
    /** The call counts among those in flight until its end. */
    ADMITTED,
    /** The engine has the message. */
    OFFERED,
    OVER
  }

  /** The protocol's side of a call: it sends the reply, and ends the call. */
  public interface Listener {
    /** Follows the admission of the call, whose message may be read and offered from now on. */
    void onAdmitted();

    /** Receives the counts of the queues. */
    void onAnswered(BroadcastResult.Answered answered);

    /** Receives the refusal of the call; nothing was enqueued. */
    void onRefused(CallStatus status);
  }

  private final BroadcastGate gate;
  private final BroadcastHeaders headers;
  private final CallerLink link;
  private final Listener listener;
  private final @Nullable CallAudit audit;
  private final long deadlineNanos;
  private Phase phase = Phase.DECIDING;

  /** Identity of the caller; null without authorization. */
  private @Nullable String identity;

  /** Ends the wait of a call that the engine holds; null while it holds none. */
  private @Nullable Runnable stopWaiting;

  BroadcastCall(
      BroadcastGate gate,
      BroadcastHeaders headers,
      CallMetadata metadata,
      CallerLink link,
      Listener listener) {
    this.gate = gate;
    this.headers = headers;
    this.link = link;
    this.listener = listener;
    this.audit = gate.audit(headers.rpc().method(), metadata, link);
    this.deadlineNanos = gate.deadlineNanos(headers.timeoutNanos());
  }

  /**
   * Begins the call: decides about its caller, and admits the call or refuses it.
   *
   * @param shown has the caller's credentials; not kept, since a held call must not keep 64 KiB of
   *     headers
   */
  public void begin(CallMetadata shown) {
    if (!gate.decisions().hasAccessControl()) {
      admit(null);
      return;
    }
    CallStatus badTarget = headers.badTarget();
    if (badTarget != null) {
      listener.onRefused(gate.refusals().ofHeaders(badTarget));
      return;
    }
    CallStatus full = gate.decisions().decide(link, shown, headers.right(), this::decided);
    if (full != null) {
      listener.onRefused(full);
    }
  }

  private void decided(Decision decision) {
    if (phase == Phase.OVER) {
      return;
    }
    String caller = decision.caller();
    if (audit != null && caller != null) {
      audit.identified(caller);
    }
    CallStatus refusal = gate.refusals().of(decision, headers.target());
    if (refusal == null) {
      admit(caller);
    } else {
      listener.onRefused(refusal);
    }
  }

  private void admit(@Nullable String caller) {
    CallStatus refusal = gate.admit(headers, link.network(), caller);
    if (refusal == null) {
      identity = caller;
      phase = Phase.ADMITTED;
      listener.onAdmitted();
    } else {
      listener.onRefused(refusal);
    }
  }

  /** Returns whether the decision about the caller is pending. */
  boolean isDeciding() {
    return phase == Phase.DECIDING;
  }

  /** Returns whether the call is admitted, and its message not offered yet. */
  boolean isAdmitted() {
    return phase == Phase.ADMITTED;
  }

  /** Offers the whole message of an admitted call to the engine, which counts its bytes then. */
  public void offer(byte[] message) {
    if (audit != null) {
      audit.received(message.length);
    }
    if (message.length > gate.maxMessageSize()) {
      listener.onRefused(gate.refusals().of(new RequestBody.Fault.TooLarge()));
      return;
    }
    BroadcastRequest request;
    try {
      request = headers.request(message, deadlineNanos, identity);
    } catch (InvalidCall e) {
      listener.onRefused(gate.refusals().ofMessage(String.valueOf(e.getMessage())));
      return;
    }
    phase = Phase.OFFERED;
    if (audit != null) {
      audit.offered(RequestCheck.room(request.payload()));
    }
    Runnable stop = gate.broadcasts().broadcast(request, this::onResult);
    if (phase == Phase.OFFERED) {
      stopWaiting = stop;
    }
  }

  /** Receives the decision of the queues, on any thread. */
  private void onResult(BroadcastResult result) {
    if (audit != null) {
      audit.decided(result);
    }
    if (link.isOnLoop()) {
      reply(result);
    } else {
      link.execute(() -> reply(result));
    }
  }

  private void reply(BroadcastResult result) {
    if (phase == Phase.OVER) {
      return;
    }
    stopWaiting = null;
    switch (result) {
      case BroadcastResult.Answered answered -> listener.onAnswered(answered);
      case Refused refused -> listener.onRefused(CallStatus.of(refused));
    }
  }

  /**
   * Ends the call, whose reply has been sent or never will be. A call that the engine holds waits
   * no longer.
   *
   * @param status the status of the reply
   */
  public void end(CallStatus status) {
    if (phase == Phase.OVER) {
      return;
    }
    if (phase != Phase.DECIDING) {
      gate.ended(identity);
    }
    phase = Phase.OVER;
    Runnable stop = stopWaiting;
    stopWaiting = null;
    if (stop != null) {
      stop.run();
    }
    if (audit != null) {
      audit.closed(status);
    }
  }
}
