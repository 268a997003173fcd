package io.pushfanout.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.pushfanout.model.SpecDuration;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Ends the calls whose caller has not said all in time: each holds a place among the others, and
 * was let in by what was true when it began.
 */
final class HalfSentCalls implements ServerInterceptor {
  /** For a message to be whole; a large one may come by a slow line. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Status NOT_WHOLE =
      Status.RESOURCE_EXHAUSTED.withDescription(
          "the message was not whole after " + SpecDuration.format(PATIENCE));

  private final LongSupplier nanoClock;
  private final Runnable onEnded;
  private final Set<HalfSent<?>> calls = ConcurrentHashMap.newKeySet();

  /**
   * @param onEnded is told of each call that is ended here
   */
  HalfSentCalls(LongSupplier nanoClock, Runnable onEnded) {
    this.nanoClock = nanoClock;
    this.onEnded = onEnded;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    HalfSent<Q> halfSent = new HalfSent<>(call, next.startCall(call, headers));
    calls.add(halfSent);
    return halfSent;
  }

  /** To be called now and then, from any thread. */
  void endOld() {
    long now = nanoClock.getAsLong();
    calls.forEach(call -> call.endIfOld(now));
  }

  /** One call. Whoever first says how it goes on, its caller or the end of patience, is right. */
  private final class HalfSent<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final long begun = nanoClock.getAsLong();
    private final AtomicBoolean decided = new AtomicBoolean();

    HalfSent(ServerCall<Q, ?> call, ServerCall.Listener<Q> listener) {
      super(listener);
      this.call = call;
    }

    void endIfOld(long now) {
      if (now - begun <= PATIENCE.toNanos() || !decide()) {
        return;
      }
      try {
        call.close(NOT_WHOLE, new Metadata());
        onEnded.run();
      } catch (IllegalStateException _) {
        // It was refused long ago, and its caller does not read that.
      }
    }

    private boolean decide() {
      calls.remove(this);
      return decided.compareAndSet(false, true);
    }

    @Override
    public void onHalfClose() {
      if (decide()) {
        super.onHalfClose();
      }
    }

    @Override
    public void onComplete() {
      decide();
      super.onComplete();
    }

    @Override
    public void onCancel() {
      decide();
      super.onCancel();
    }
  }
}
