package io.pushfanout.bench;

import io.pushfanout.client.LedgerChange;
import io.pushfanout.model.Bounds;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The number of workers that a load needs, by Little's law: deliveries in flight = rate × time of
 * one delivery.
 *
 * @param workers the suggested number; null if unknown
 * @param why the reason in one sentence
 */
record WorkersAdvice(@Nullable Integer workers, String why) {
  /** The factor above the measured need, for times when nodes are slower. */
  private static final int HEADROOM = 2;

  static WorkersAdvice unknown() {
    return new WorkersAdvice(
        null,
        "unknown: the status page has the delivery time of the nodes; give its address with"
            + " --http.");
  }

  /**
   * Returns the advice for a measured load.
   *
   * @param perSecond messages per second for each node
   */
  static WorkersAdvice of(double perSecond, LedgerChange nodes) {
    if (nodes.delivered() == 0 || nodes.times().count() == 0) {
      return new WorkersAdvice(null, "unknown: no message was delivered to a node meanwhile.");
    }
    double waited = nodes.times().mean();
    if (nodes.window() > 0) {
      return of(
          perSecond, waited, nodes.window(), took(waited) + " on streams of " + nodes.window());
    }
    // At most as many calls as workers are in flight, which bounds the time of one call; any time
    // above was spent in the queue, where more workers help.
    double longest = nodes.workers() * nodes.seconds() * nodes.nodes() / nodes.delivered();
    return waited > longest
        ? of(perSecond, longest, 1, busy(longest, waited, nodes.workers()))
        : of(perSecond, waited, 1, took(waited));
  }

  /**
   * Returns the advice for one kind of worker.
   *
   * @param each the number of deliveries that a worker has in flight
   */
  private static WorkersAdvice of(double perSecond, double seconds, long each, String took) {
    double inFlight = perSecond * seconds;
    // A hundredth of a worker is noise, which must not add a worker.
    double needed = Math.ceil(Math.rint(HEADROOM * inFlight / each * 100) / 100);
    long wanted = Math.max(Bounds.WORKERS_MIN, (long) needed);
    long workers = Math.min(wanted, Bounds.WORKERS_MAX);
    String why =
        String.format(
            Locale.ROOT,
            "%,.0f messages/s for each node × %s are %.1f in flight (Little's law), twice that for"
                + " a bad day%s%s.",
            perSecond,
            took,
            inFlight,
            carried(workers, each),
            wanted > workers
                ? String.format(
                    Locale.ROOT,
                    "; %,d is the most there may be: spread the callers over replicas",
                    workers)
                : "");
    return new WorkersAdvice((int) workers, why);
  }

  /**
   * Returns the part of the sentence about streams; empty for unary calls, of which each carries
   * one message.
   */
  private static String carried(long workers, long each) {
    return each == 1
        ? ""
        : String.format(
            Locale.ROOT,
            "; %,d %s a stream of up to %,d in flight, %s that",
            workers,
            workers == 1 ? "worker," : "workers, each",
            each,
            workers == 1 ? "carries" : "carry");
  }

  private static String took(double seconds) {
    return String.format(Locale.ROOT, "%.2f ms from enqueue to acknowledgement", seconds * 1e3);
  }

  private static String busy(double longest, double waited, long workers) {
    return String.format(
        Locale.ROOT,
        "at most %.2f ms (all %d workers were busy, the rest of %.2f ms was the queue)",
        longest * 1e3,
        workers,
        waited * 1e3);
  }
}
