package io.pushfanout.server.guard;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.pushfanout.auth.Rates;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An interceptor that refuses the calls of a caller above its rate, before a byte of them is read.
 */
public final class CallerRateLimit implements ServerInterceptor {
  private final int perSecond;
  private final Rates rates;
  private final CallerKey callers;
  private final Runnable onRefused;

  /**
   * @param perSecond 1 or more
   * @param callers returns the key that distinguishes callers
   * @param onRefused runs for each call that is refused here
   */
  public CallerRateLimit(
      int perSecond, CallerKey callers, LongSupplier nanoClock, Runnable onRefused) {
    this.perSecond = perSecond;
    this.rates = new Rates(perSecond, perSecond, nanoClock);
    this.callers = callers;
    this.onRefused = onRefused;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Refused refused = tryTake(callers.of(call, headers));
    if (refused == null) {
      return next.startCall(call, headers);
    }
    ReplyMapper.refuse(call, refused);
    return new ServerCall.Listener<>() {};
  }

  /** Counts a call of a caller. Returns null, or the refusal of the call. */
  public @Nullable Refused tryTake(Object caller) {
    Duration wait = rates.takeOrWait(caller);
    if (wait.isZero()) {
      return null;
    }
    onRefused.run();
    return new Refused(
        Reason.LIMITED,
        "more than %d calls a second of one caller, the server's %s"
            .formatted(perSecond, Limits.MAX_CALLER_RATE_FLAG),
        wait);
  }
}
