package io.pushfanout.server;

import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.server.guard.CallTarget;
import io.pushfanout.server.guard.DecisionWaits;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.Limits;
import org.jspecify.annotations.Nullable;

/**
 * The refusals of broadcast calls that end before the engine, which counts the others itself. Each
 * method counts the refused call and returns its status. From any thread.
 */
final class BroadcastRefusals {
  private final FanoutTotals noFanout;
  private final InboundMessageBudget arrivals;
  private final CallStatus tooLarge;

  /**
   * @param noFanout counts the refused calls
   * @param arrivals the budget of incomplete messages
   * @param maxMessageSize bytes of the largest message
   */
  BroadcastRefusals(FanoutTotals noFanout, InboundMessageBudget arrivals, int maxMessageSize) {
    this.noFanout = noFanout;
    this.arrivals = arrivals;
    this.tooLarge =
        CallStatus.of(
            StatusCode.RESOURCE_EXHAUSTED,
            "the message is larger than %d bytes, the server's %s"
                .formatted(maxMessageSize, Limits.MAX_MESSAGE_SIZE_FLAG));
  }

  /** Returns null for a caller that may broadcast. */
  @Nullable CallStatus of(Decision decision, Target target) {
    return switch (decision) {
      case Decision.Allowed _ -> null;
      case Decision.Unauthenticated(String why) -> unauthorized(StatusCode.UNAUTHENTICATED, why);
      case Decision.Denied(_, String why) ->
          unauthorized(StatusCode.PERMISSION_DENIED, why + CallTarget.hint(target));
      case Decision.Barred(String why) -> unauthorized(StatusCode.PERMISSION_DENIED, why);
      case Decision.Unavailable now ->
          counted(
              CallOutcome.UNAVAILABLE,
              CallStatus.of(new Refused(Reason.UNAVAILABLE, now.why(), now.retryAfter())));
    };
  }

  private CallStatus unauthorized(StatusCode code, String why) {
    return counted(CallOutcome.UNAUTHORIZED, CallStatus.of(code, why));
  }

  /** Refuses a call without a place to wait for the decision about its caller. */
  CallStatus ofFullWaits() {
    return unavailable(DecisionWaits.FULL);
  }

  CallStatus ofShutdown() {
    return unavailable("the server is shutting down");
  }

  private CallStatus unavailable(String why) {
    return counted(CallOutcome.UNAVAILABLE, CallStatus.of(StatusCode.UNAVAILABLE, why));
  }

  /** Refuses a call by its headers. */
  CallStatus ofHeaders(CallStatus status) {
    return counted(CallOutcome.INVALID, status);
  }

  /** Refuses a message, or a call without one. */
  CallStatus ofMessage(String why) {
    return counted(CallOutcome.INVALID, CallStatus.of(StatusCode.INVALID_ARGUMENT, why));
  }

  /**
   * Refuses a request of several messages that has too many bytes.
   *
   * @param most bytes that a request may have
   */
  CallStatus ofLargeRequest(long most) {
    return counted(
        CallOutcome.LIMITED,
        CallStatus.of(
            StatusCode.RESOURCE_EXHAUSTED,
            "the request is larger than %d bytes, twice the server's %s"
                .formatted(most, Limits.MAX_MESSAGE_SIZE_FLAG)));
  }

  /** Refuses a request that is not whole in time. */
  CallStatus ofIncomplete(String why) {
    return counted(CallOutcome.LIMITED, CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, why));
  }

  /** Refuses a message by its bytes. Malformed ones are no broadcast and count as none. */
  CallStatus of(RequestBody.Fault fault) {
    return switch (fault) {
      case RequestBody.Fault.TooLarge() -> counted(CallOutcome.LIMITED, tooLarge);
      case RequestBody.Fault.NoRoom() ->
          counted(CallOutcome.LIMITED, CallStatus.of(arrivals.refusal()));
      case RequestBody.Fault.Malformed malformed -> malformed.status;
    };
  }

  /** Refuses an envelope of a stream that is no message. */
  CallStatus ofEnvelope(CallStatus status) {
    boolean limited = status.code() == StatusCode.RESOURCE_EXHAUSTED;
    return counted(limited ? CallOutcome.LIMITED : CallOutcome.INVALID, status);
  }

  /** Returns the status of a message above its limit, which counts no call. */
  CallStatus tooLarge() {
    return tooLarge;
  }

  private CallStatus counted(CallOutcome outcome, CallStatus status) {
    noFanout.countBroadcast(outcome);
    return status;
  }

  /** Counts a call that a limit refuses, of which the limit makes the status. */
  void countLimited() {
    noFanout.countBroadcast(CallOutcome.LIMITED);
  }
}
