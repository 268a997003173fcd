package io.pushfanout.connect;

import io.netty.util.concurrent.EventExecutor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls in flight on one channel, oldest first, with one timer for all their deadlines.
 *
 * <p>The timer is set for the earliest deadline at the time, and looks through all calls when it
 * fires. Most calls end long before, so it fires about once in a timeout, whatever the rate.
 *
 * <p>A call leaves before its end is told, and whoever tells takes one at a time: what is told may
 * end or begin other calls.
 */
final class Calls {
  private final Map<Integer, Call> byStream = new LinkedHashMap<>();
  private final EventExecutor loop;
  private final Consumer<List<Call>> onExpired;

  private @Nullable Future<?> timer;
  private long timerNanos;

  /**
   * @param onExpired gets calls that are over their deadlines; they are still in the table
   */
  Calls(EventExecutor loop, Consumer<List<Call>> onExpired) {
    this.loop = loop;
    this.onExpired = onExpired;
  }

  void add(Call call, long now) {
    byStream.put(call.streamId(), call);
    setTimer(call.nanosLeft(now), now);
  }

  @Nullable Call get(int streamId) {
    return byStream.get(streamId);
  }

  @Nullable Call remove(int streamId) {
    return byStream.remove(streamId);
  }

  /** Takes one after the other, oldest first, and tells its end. */
  void drain(Consumer<Call> end) {
    while (!byStream.isEmpty()) {
      var oldest = byStream.values().iterator();
      Call call = oldest.next();
      oldest.remove();
      end.accept(call);
    }
  }

  List<Call> above(int lastStreamId) {
    return byStream.values().stream().filter(call -> call.streamId() > lastStreamId).toList();
  }

  boolean isEmpty() {
    return byStream.isEmpty();
  }

  /** Lets go of the timer: nothing will be added any more. */
  void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void setTimer(long nanosLeft, long now) {
    if (timer != null) {
      if (now + nanosLeft - timerNanos >= 0) {
        return;
      }
      timer.cancel(false);
    }
    timerNanos = now + nanosLeft;
    timer = loop.schedule(this::expire, nanosLeft, TimeUnit.NANOSECONDS);
  }

  private void expire() {
    timer = null;
    long now = System.nanoTime();
    List<Call> expired =
        byStream.values().stream().filter(call -> call.nanosLeft(now) <= 0).toList();
    byStream.values().stream()
        .mapToLong(call -> call.nanosLeft(now))
        .filter(left -> left > 0)
        .min()
        .ifPresent(left -> setTimer(left, now));
    onExpired.accept(expired);
  }
}
