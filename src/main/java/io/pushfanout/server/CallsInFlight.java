package io.pushfanout.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the calls of a service until their answers are written, so that a closing server can wait
 * for these, and not for the streams of health and reflection, which have no end of their own.
 */
final class CallsInFlight implements ServerInterceptor {
  private final AtomicLong count = new AtomicLong();
  private final CountDownLatch none = new CountDownLatch(1);
  private volatile boolean awaited;

  /** Waits until there are none, at most this long. No new ones are expected any more. */
  void awaitNone(Duration timeout) throws InterruptedException {
    awaited = true;
    openIfNone();
    none.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    count.incrementAndGet();
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
