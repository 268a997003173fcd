package io.pushfanout.server.guard;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.groupingBy;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.pushfanout.model.SpecDuration;
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
 * Ends the calls whose caller has not said all in time: each holds a place among the others, and
 * was let in by what was true when it began. Where there are too many, the oldest go of the address
 * that has most of them, and the newest comes in: a whole call is half sent for a moment only.
 */
public final class RequestTimeoutInterceptor implements ServerInterceptor {
  /** For a broadcast to be whole; a large one may come by a slow line. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What goes when there are too many, so that the next of them come in without a look. */
  private static final int GOES_PART = 8;

  private final int max;
  private final Duration patience;
  private final LongSupplier nanoClock;
  private final Runnable onEnded;
  private final Set<HalfSent<?>> calls = ConcurrentHashMap.newKeySet();
  private final AtomicLong begunCalls = new AtomicLong();

  /**
   * @param max at a time, 1 or more
   * @param patience for a message to be whole
   * @param onEnded is told of each call that is ended here
   */
  public RequestTimeoutInterceptor(
      int max, Duration patience, LongSupplier nanoClock, Runnable onEnded) {
    this.max = max;
    this.patience = patience;
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

  /** To be called now and then, from any thread. */
  public void endOld() {
    long now = nanoClock.getAsLong();
    calls.forEach(call -> call.endIfOld(now));
  }

  private synchronized void endOldest() {
    if (calls.size() <= max) {
      return;
    }
    String why = "its message was not whole when %d others were not either".formatted(max);
    int left = Math.max(1, max / GOES_PART);
    for (List<HalfSent<?>> ofAddress : byAddressGreatestFirst()) {
      int goes = Math.min(left, (ofAddress.size() + 1) / 2);
      ofAddress.stream()
          .sorted(comparingLong(call -> call.number))
          .limit(goes)
          .forEach(call -> call.end(why));
      left -= goes;
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

  /** One call. Whoever first says how it goes on, its caller or the end of patience, is right. */
  private final class HalfSent<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final Object address;
    private final long begun = nanoClock.getAsLong();

    /** Of two that began at the same moment the later has the higher one. */
    private final long number = begunCalls.getAndIncrement();

    private final AtomicBoolean decided = new AtomicBoolean();

    HalfSent(ServerCall<Q, ?> call, ServerCall.Listener<Q> listener) {
      super(listener);
      this.call = call;
      this.address = CallerKey.remoteAddress(call.getAttributes());
    }

    void endIfOld(long now) {
      if (now - begun > patience.toNanos()) {
        end("the message was not whole after " + SpecDuration.format(patience));
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
