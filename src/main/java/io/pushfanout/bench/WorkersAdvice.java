package io.pushfanout.bench;

import io.pushfanout.client.LedgerChange;
import io.pushfanout.model.Bounds;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How many workers a load needs, by Little's law: deliveries in flight = rate × how long one takes.
 *
 * @param workers null where it cannot be known
 * @param why one sentence
 */
record WorkersAdvice(@Nullable Integer workers, String why) {
  /** Nodes have bad days. */
  private static final int HEADROOM = 2;

  static WorkersAdvice unknown() {
    return new WorkersAdvice(
        null,
        "unknown: only the server knows how long its nodes take; give its status address with"
            + " --http.");
  }

  /**
   * @param perSecond messages a second that were for each node
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
    // No more calls than workers are in flight, so one cannot have taken longer than this; what is
    // above it was spent in the queue, where more workers help.
    double longest = nodes.workers() * nodes.seconds() * nodes.nodes() / nodes.delivered();
    return waited > longest
        ? of(perSecond, longest, 1, busy(longest, waited, nodes.workers()))
        : of(perSecond, waited, 1, took(waited));
  }

  /**
   * @param each how many deliveries a worker has in flight
   */
  private static WorkersAdvice of(double perSecond, double seconds, long each, String took) {
    double inFlight = perSecond * seconds;
    // A hundredth of a worker is noise, and no reason for one more.
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

  /** One worker of a call carries one message, which needs no words. */
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
