package io.pushfanout.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.pushfanout.fanout.BroadcastResult.Reason;
import io.pushfanout.fanout.BroadcastResult.Refused;
import io.pushfanout.model.SpecDuration;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the calls of a service, and counts them until their answers are written, so that a closing
 * server can wait for these, and not for the streams of health and reflection, which have no end of
 * their own.
 */
final class CallsInFlight implements ServerInterceptor {
  /** When it may help to try again: calls take milliseconds, unless policy Block holds them. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(100);

  /** For a message to be whole; a large one may come by a slow line. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final int max;
  private final String whose;
  private final Runnable onRefused;
  private final Set<Counted<?>> halfSent = ConcurrentHashMap.newKeySet();
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
    Counted<Q> counted = new Counted<>(call, next.startCall(call, headers));
    halfSent.add(counted);
    return counted;
  }

  /**
   * Ends the calls whose caller has not said all in time: each holds a place among the others, and
   * was let in by what was true when it began.
   */
  void endHalfSent() {
    long now = System.nanoTime();
    halfSent.forEach(call -> call.endIfBegunBefore(now - PATIENCE.toNanos()));
  }

  /** One call. Whoever first says how it goes on, its caller or the end of patience, is right. */
  private final class Counted<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final long begun = System.nanoTime();
    private final AtomicBoolean decided = new AtomicBoolean();

    Counted(ServerCall<Q, ?> call, ServerCall.Listener<Q> listener) {
      super(listener);
      this.call = call;
    }

    void endIfBegunBefore(long nanos) {
      if (begun - nanos < 0 && decided.compareAndSet(false, true)) {
        halfSent.remove(this);
        onRefused.run();
        call.close(
            Status.RESOURCE_EXHAUSTED.withDescription(
                "the message was not whole after " + SpecDuration.format(PATIENCE)),
            new Metadata());
      }
    }

    @Override
    public void onHalfClose() {
      halfSent.remove(this);
      if (decided.compareAndSet(false, true)) {
        super.onHalfClose();
      }
    }

    @Override
    public void onComplete() {
      decided.set(true);
      halfSent.remove(this);
      super.onComplete();
      ended();
    }

    @Override
    public void onCancel() {
      decided.set(true);
      halfSent.remove(this);
      super.onCancel();
      ended();
    }
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
