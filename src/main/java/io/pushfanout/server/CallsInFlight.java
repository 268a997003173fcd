package io.pushfanout.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.pushfanout.fanout.BroadcastResult.Reason;
import io.pushfanout.fanout.BroadcastResult.Refused;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the calls of a service, and counts them until their answers are written, so that a closing
 * server can wait for these, and not for the streams of health and reflection, which have no end of
 * their own.
 */
final class CallsInFlight implements ServerInterceptor {
  /** When it may help to try again: calls take milliseconds, unless policy Block holds them. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(100);

  private final int max;
  private final String whose;
  private final Runnable onRefused;
  private final AtomicLong count = new AtomicLong();
  private final CountDownLatch none = new CountDownLatch(1);
  private volatile boolean awaited;

  /**
   * @param max at a time, more are refused
   * @param whose limit that is, for who is refused
   * @param onRefused is told of each call that is refused here
   */
  CallsInFlight(int max, String whose, Runnable onRefused) {
    this.max = max;
    this.whose = whose;
    this.onRefused = onRefused;
  }

  /** Waits until there are none, at most this long. No new ones are expected any more. */
  void awaitNone(Duration timeout) throws InterruptedException {
    awaited = true;
    openIfNone();
    none.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (count.incrementAndGet() > max) {
      ended();
      WireAnswer.refuse(
          call,
          new Refused(
              Reason.LIMITED, "%d calls are in flight, %s".formatted(max, whose), RETRY_AFTER));
      onRefused.run();
      return new ServerCall.Listener<>() {};
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onComplete() {
        super.onComplete();
        ended();
      }

      @Override
      public void onCancel() {
        super.onCancel();
        ended();
      }
    };
  }

  private void ended() {
    count.decrementAndGet();
    openIfNone();
  }

  /** Both sides write before they look, so that one of them sees the end. */
  private void openIfNone() {
    if (awaited && count.get() == 0) {
      none.countDown();
    }
  }
}
