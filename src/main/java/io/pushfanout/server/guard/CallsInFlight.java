package io.pushfanout.server.guard;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.share.Shares;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the calls of a service, of which each caller that is known has its share, and counts them
 * until their answers are written, so that a closing server can wait for these, and not for the
 * streams of health and reflection, which have no end of their own.
 */
public final class CallsInFlight implements ServerInterceptor {
  /** When it may help to try again: calls take milliseconds, unless policy Block holds them. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(100);

  private final Shares shares;
  private final Function<ServerCall<?, ?>, @Nullable Object> caller;
  private final String limit;
  private final Runnable onRefused;
  private final CountDownLatch none = new CountDownLatch(1);
  private volatile boolean awaited;

  /**
   * @param max at a time, more are refused
   * @param caller gives whose share a call takes of; null where a caller cannot be told apart from
   *     others: all of these are bounded together
   * @param limit what bounds the calls, for who is refused
   * @param onRefused is told of each call that is refused here
   */
  public CallsInFlight(
      int max,
      Function<ServerCall<?, ?>, @Nullable Object> caller,
      String limit,
      Runnable onRefused) {
    this.shares = new Shares(max);
    this.caller = caller;
    this.limit = limit;
    this.onRefused = onRefused;
  }

  /** What callers have of them. */
  public Shares shares() {
    return shares;
  }

  /** Waits until there are none, at most this long. No new ones are expected any more. */
  public void awaitNone(Duration timeout) throws InterruptedException {
    awaited = true;
    openIfNone();
    none.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Object party = caller.apply(call);
    if (!shares.tryTake(party)) {
      openIfNone();
      onRefused.run();
      ReplyMapper.refuse(call, new Refused(Reason.LIMITED, why(), RETRY_AFTER));
      return new ServerCall.Listener<>() {};
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onComplete() {
        try {
          super.onComplete();
        } finally {
          ended(party);
        }
      }

      @Override
      public void onCancel() {
        try {
          super.onCancel();
        } finally {
          ended(party);
        }
      }
    };
  }

  private String why() {
    return shares.taken() >= shares.capacity()
        ? "%d calls are in flight, %s".formatted(shares.capacity(), limit)
        : "the caller has its share of the %d calls in flight of %s"
            .formatted(shares.capacity(), limit);
  }

  private void ended(@Nullable Object party) {
    shares.giveBack(party);
    openIfNone();
  }

  /** Both sides write before they look, so that one of them sees the end. */
  private void openIfNone() {
    if (awaited && shares.taken() == 0) {
      none.countDown();
    }
  }
}
