package io.pushfanout.client;

import io.grpc.Status;
import io.pushfanout.protocol.BroadCastReply;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * A counter of calls and their outcomes. Any number of threads may record, and one may read
 * meanwhile.
 */
final class LoadRecorder {
  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(2);
  private static final int DIGITS = 3;

  private final ConcurrentHistogram micros = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);
  private final Map<String, LongAdder> replies = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> streamEnds = new ConcurrentHashMap<>();
  private final LongAdder sent = new LongAdder();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  void sent() {
    sent.increment();
  }

  /**
   * @param nanos time since the call was due
   */
  void replied(BroadCastReply reply, long nanos) {
    count(replies, outcome(reply));
    accepted.add(reply.getAccepted());
    dropped.add(reply.getDropped());
    record(nanos);
  }

  void failed(Status status, long nanos) {
    count(errors, status.getCode().name());
    // Only a timeout counts as latency: other errors return at once and would make the server look
    // fast.
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      record(nanos);
    }
  }

  /** Counts a stream that the server has ended. */
  void streamEnded(Status status) {
    count(streamEnds, status.getCode().name());
  }

  private void record(long nanos) {
    micros.recordValue(Math.clamp(TimeUnit.NANOSECONDS.toMicros(nanos), 1, LONGEST_MICROS));
  }

  private static String outcome(BroadCastReply reply) {
    return switch (reply.getCode()) {
      case "0" -> "OK";
      case "1" -> "PARTIAL";
      case "2" -> "DROPPED";
      case "3" -> "NO_NODES";
      default -> "other";
    };
  }

  private static void count(Map<String, LongAdder> counts, String what) {
    counts.computeIfAbsent(what, _ -> new LongAdder()).increment();
  }

  LoadResult result(long due, Duration elapsed) {
    return new LoadResult(
        due,
        sent.sum(),
        elapsed.toNanos() / 1e9,
        sums(replies),
        sums(errors),
        sums(streamEnds),
        accepted.sum(),
        dropped.sum(),
        Latency.ofMicros(micros.copy()));
  }

  private static SortedMap<String, Long> sums(Map<String, LongAdder> counts) {
    SortedMap<String, Long> sums = new TreeMap<>();
    counts.forEach((what, count) -> sums.put(what, count.sum()));
    return sums;
  }
}
