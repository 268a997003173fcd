package io.pushfanout.client;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of the calls of an open loop, so far.
 *
 * @param due calls that should have been made by now
 * @param sent calls that were made; fewer where the loop could not keep its pace
 * @param seconds from the first call until no more was due, or until now
 * @param replies how many replies there were of each outcome: OK, PARTIAL, DROPPED, NO_NODES, or
 *     {@code other}
 * @param errors how many calls ended with each gRPC status other than OK
 * @param accepted nodes whose queue took a message, summed over the replies
 * @param dropped nodes that dropped one, likewise
 * @param latency from the moment at which a call was due to its reply, or to its deadline
 */
public record LoadResult(
    long due,
    long sent,
    double seconds,
    SortedMap<String, Long> replies,
    SortedMap<String, Long> errors,
    long accepted,
    long dropped,
    Latency latency) {

  public LoadResult {
    replies = new TreeMap<>(replies);
    errors = new TreeMap<>(errors);
  }

  /** Calls a second that were made. */
  public double sentPerSecond() {
    return seconds > 0 ? sent / seconds : 0;
  }

  public long answered() {
    return replies.values().stream().mapToLong(Long::longValue).sum();
  }

  public long failed() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Calls that had not ended when the measurement did. */
  public long open() {
    return sent - answered() - failed();
  }
}
