package io.pushfanout.server.guard;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.groupingBy;

import io.pushfanout.text.DurationFormat;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The calls with an incomplete request. Each takes a place from others, and its authorization may
 * become stale. A call ends at the timeout. If there are too many, the address that has most of
 * them loses its oldest calls. From any thread.
 */
public final class IncompleteCalls {
  /**
   * Divisor of the maximum for the calls that end when there are too many, so that the next calls
   * come in without a search.
   */
  private static final int ENDED_PART = 8;

  private final int max;
  private final Duration timeout;
  private final LongSupplier nanoClock;
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private final AtomicLong added = new AtomicLong();

  /** A call whose request is not whole. */
  public abstract static class Call {
    private final Object address;
    private long beganNanos;

    /** Sequence number; of two calls of the same moment the later has the higher one. */
    private long number;

    /**
     * @param address the network of the caller's address
     */
    protected Call(Object address) {
      this.address = address;
    }

    /** Ends the call, unless its request has become whole. From any thread. */
    protected abstract void end(String why);
  }

  /**
   * @param max calls with an incomplete request, 1 or more
   * @param timeout for a message to be whole
   */
  public IncompleteCalls(int max, Duration timeout, LongSupplier nanoClock) {
    this.max = max;
    this.timeout = timeout;
    this.nanoClock = nanoClock;
  }

  public void add(Call call) {
    call.beganNanos = nanoClock.getAsLong();
    call.number = added.getAndIncrement();
    calls.add(call);
    if (calls.size() > max) {
      endOldest();
    }
  }

  public void remove(Call call) {
    calls.remove(call);
  }

  /** Ends the calls that have reached their timeout. To be called periodically, from any thread. */
  public void endExpired() {
    long now = nanoClock.getAsLong();
    calls.forEach(
        call -> {
          if (now - call.beganNanos > timeout.toNanos()) {
            end(call, "the message was not whole after " + DurationFormat.format(timeout));
          }
        });
  }

  private void end(Call call, String why) {
    if (calls.remove(call)) {
      call.end(why);
    }
  }

  private synchronized void endOldest() {
    if (calls.size() <= max) {
      return;
    }
    String why = "the message was not whole, like those of %d other calls".formatted(max);
    int left = Math.max(1, max / ENDED_PART);
    for (List<Call> ofAddress : byAddressGreatestFirst()) {
      int ending = Math.min(left, (ofAddress.size() + 1) / 2);
      ofAddress.stream()
          .sorted(comparingLong(call -> call.number))
          .limit(ending)
          .forEach(call -> end(call, why));
      left -= ending;
      if (left == 0) {
        return;
      }
    }
  }

  private List<List<Call>> byAddressGreatestFirst() {
    Map<Object, List<Call>> byAddress = calls.stream().collect(groupingBy(call -> call.address));
    return byAddress.values().stream()
        .sorted(Comparator.<List<Call>>comparingInt(List::size).reversed())
        .toList();
  }
}
