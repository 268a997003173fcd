package io.pushfanout.server.guard;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.groupingBy;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.pushfanout.text.DurationFormat;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * An interceptor that ends calls with a request that is incomplete after the timeout: each takes a
 * place from others, and its authorization may be stale. If there are too many, the oldest calls
 * end of the address that has most of them, and the newest comes in: the request of a normal call
 * is incomplete only for a moment.
 */
public final class RequestTimeoutInterceptor implements ServerInterceptor {
  /** Time for a broadcast to be whole; a large one may come over a slow line. */
  public static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * Divisor of the maximum for the calls that end when there are too many, so that the next calls
   * come in without a search.
   */
  private static final int ENDED_PART = 8;

  private final int max;
  private final Duration timeout;
  private final LongSupplier nanoClock;
  private final Runnable onEnded;
  private final Set<HalfSent<?>> calls = ConcurrentHashMap.newKeySet();
  private final AtomicLong begunCalls = new AtomicLong();

  /**
   * @param max calls with an incomplete request, 1 or more
   * @param timeout for a message to be whole
   * @param onEnded runs for each call that is ended here
   */
  public RequestTimeoutInterceptor(
      int max, Duration timeout, LongSupplier nanoClock, Runnable onEnded) {
    this.max = max;
    this.timeout = timeout;
    this.nanoClock = nanoClock;
    this.onEnded = onEnded;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    HalfSent<Q> halfSent = new HalfSent<>(call, next.startCall(call, headers));
    calls.add(halfSent);
    if (calls.size() > max) {
      endOldest();
    }
    return halfSent;
  }

  /** Ends the calls that have reached their timeout. To be called periodically, from any thread. */
  public void endExpired() {
    long now = nanoClock.getAsLong();
    calls.forEach(call -> call.endIfExpired(now));
  }

  private synchronized void endOldest() {
    if (calls.size() <= max) {
      return;
    }
    String why = "the message was not whole, like those of %d other calls".formatted(max);
    int left = Math.max(1, max / ENDED_PART);
    for (List<HalfSent<?>> ofAddress : byAddressGreatestFirst()) {
      int ending = Math.min(left, (ofAddress.size() + 1) / 2);
      ofAddress.stream()
          .sorted(comparingLong(call -> call.number))
          .limit(ending)
          .forEach(call -> call.end(why));
      left -= ending;
      if (left == 0) {
        return;
      }
    }
  }

  private List<List<HalfSent<?>>> byAddressGreatestFirst() {
    Map<Object, List<HalfSent<?>>> byAddress =
        calls.stream().collect(groupingBy(call -> call.address));
    return byAddress.values().stream()
        .sorted(Comparator.<List<HalfSent<?>>>comparingInt(List::size).reversed())
        .toList();
  }

  /**
   * A call that either goes on by its caller or ends by the timeout: the first of the two decides.
   */
  private final class HalfSent<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final Object address;
    private final long begun = nanoClock.getAsLong();

    /** Sequence number; of two calls that began at the same moment the later has the higher one. */
    private final long number = begunCalls.getAndIncrement();

    private final AtomicBoolean decided = new AtomicBoolean();

    HalfSent(ServerCall<Q, ?> call, ServerCall.Listener<Q> listener) {
      super(listener);
      this.call = call;
      this.address = CallerKey.remoteAddress(call.getAttributes());
    }

    void endIfExpired(long now) {
      if (now - begun > timeout.toNanos()) {
        end("the message was not whole after " + DurationFormat.format(timeout));
      }
    }

    void end(String why) {
      if (!decide()) {
        return;
      }
      try {
        call.close(Status.RESOURCE_EXHAUSTED.withDescription(why), new Metadata());
        onEnded.run();
      } catch (IllegalStateException _) {
        // The call was refused long ago, and its caller does not read the refusal.
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
