package io.pushfanout.server.guard;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.Credentials;
import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An interceptor that admits a call if its caller has the right to broadcast to the target that it
 * names, before anything of its message is read. A caller without the right does not learn whether
 * the target exists.
 */
public final class AuthInterceptor implements ServerInterceptor {
  private final Authorizer authorizer;
  private final FanoutTotals noFanout;
  private final DecisionWaits waits;

  /**
   * @param noFanout counts the calls that are refused here
   * @param room for unread bytes that callers send ahead meanwhile, in connections: all calls of
   *     one connection share its window. At least 64 connections may have calls that wait
   */
  public AuthInterceptor(Authorizer authorizer, FanoutTotals noFanout, long room) {
    this.authorizer = authorizer;
    this.waits = new DecisionWaits(room);
    this.noFanout = noFanout;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Target target;
    try {
      target = CallTarget.target(CallMetadata.of(headers));
    } catch (InvalidCall e) {
      return refuse(call, Status.INVALID_ARGUMENT, e.getMessage(), CallOutcome.INVALID);
    }
    CallerConnection connection = CallerConnection.of(call);
    Credentials shown = connection.credentials(CallMetadata.of(headers));
    CompletableFuture<Decision> decision = authorizer.decide(shown, right(target));
    if (decision.isDone()) {
      return proceed(decision.join(), target, call, headers, next);
    }
    if (!waits.tryBegin(connection, shown.peer())) {
      return refuse(call, Status.UNAVAILABLE, DecisionWaits.FULL, CallOutcome.UNAVAILABLE);
    }
    DelayedCall<Q> held = new DelayedCall<>();
    Context context = Context.current();
    var _ =
        decision.thenAccept(
            decided -> {
              waits.ended(connection, shown.peer());
              context.run(() -> held.resume(() -> proceed(decided, target, call, headers, next)));
            });
    return held;
  }

  /**
   * Returns the right that a call needs. Without a target it is the right to all, even while there
   * is only one fanout: more may follow.
   */
  private static Right right(Target target) {
    return switch (target) {
      case Target.Named named -> new Right(named.fanout());
      case Target.All _, Target.Unnamed _ -> Right.ALL_TARGETS;
    };
  }

  private <Q, R> ServerCall.Listener<Q> proceed(
      Decision decision,
      Target target,
      ServerCall<Q, R> call,
      Metadata headers,
      ServerCallHandler<Q, R> next) {
    return switch (decision) {
      case Decision.Allowed(String caller) -> start(caller, target, call, headers, next);
      case Decision.Unauthenticated(String why) ->
          refuse(call, Status.UNAUTHENTICATED, why, CallOutcome.UNAUTHORIZED);
      case Decision.Denied denied ->
          refuse(
              call,
              Status.PERMISSION_DENIED,
              denied.why() + hint(target),
              CallOutcome.UNAUTHORIZED);
      case Decision.Barred(String why) ->
          refuse(call, Status.PERMISSION_DENIED, why, CallOutcome.UNAUTHORIZED);
      case Decision.Unavailable now -> {
        noFanout.countBroadcast(CallOutcome.UNAVAILABLE);
        ReplyMapper.refuse(call, new Refused(Reason.UNAVAILABLE, now.why(), now.retryAfter()));
        yield new ServerCall.Listener<>() {};
      }
    };
  }

  /** Returns what a refused caller may have left out; empty for a call that names a target. */
  public static String hint(Target target) {
    return target instanceof Target.Unnamed
        ? ", which a call needs that names no target by --target, the metadata pushfanout-target"
        : "";
  }

  private static <Q, R> ServerCall.Listener<Q> start(
      String caller,
      Target target,
      ServerCall<Q, R> call,
      Metadata headers,
      ServerCallHandler<Q, R> next) {
    Context context = CallTarget.inContext(CallerIdentity.inContext(caller), target);
    Context before = context.attach();
    try {
      return next.startCall(call, headers);
    } finally {
      context.detach(before);
    }
  }

  private <Q> ServerCall.Listener<Q> refuse(
      ServerCall<Q, ?> call, Status status, @Nullable String why, CallOutcome outcome) {
    noFanout.countBroadcast(outcome);
    call.close(status.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
