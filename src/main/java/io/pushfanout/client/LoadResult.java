package io.pushfanout.client;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The outcomes of an open loop's calls so far.
 *
 * @param due calls that should have been made by now
 * @param sent calls that were made; fewer if the loop could not keep its pace
 * @param seconds from the first call until no more was due, or until now
 * @param replies number of replies by outcome: OK, PARTIAL, DROPPED, NO_NODES, or {@code other}
 * @param errors number of calls by gRPC status other than OK
 * @param streamEnds number of streams that the server ended, by gRPC status
 * @param accepted nodes whose queue took a message, summed over the replies; a stream has no reply
 *     with code OK
 * @param dropped nodes that dropped a message, summed over the replies
 * @param latency time from a call's due time to its reply or its deadline
 */
public record LoadResult(
    long due,
    long sent,
    double seconds,
    SortedMap<String, Long> replies,
    SortedMap<String, Long> errors,
    SortedMap<String, Long> streamEnds,
    long accepted,
    long dropped,
    Latency latency) {

  public LoadResult {
    replies = new TreeMap<>(replies);
    errors = new TreeMap<>(errors);
    streamEnds = new TreeMap<>(streamEnds);
  }

  /** Returns the number of calls made a second. */
  public double sentPerSecond() {
    return seconds > 0 ? sent / seconds : 0;
  }

  public long answered() {
    return replies.values().stream().mapToLong(Long::longValue).sum();
  }

  public long failed() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the number of calls that had not ended at the end of the measurement. */
  public long open() {
    return sent - answered() - failed();
  }
}
