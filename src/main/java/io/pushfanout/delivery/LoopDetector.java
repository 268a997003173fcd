package io.pushfanout.delivery;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.ProblemReason;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether messages to a node go round: the node is a fan-out server, and has refused one that had
 * been through it, or through too many processes. One line in the log for each time that it begins.
 *
 * <p>It lasts for {@link #LASTS} after the last refusal at least, and until the node has taken a
 * message since. Told on the node's loop; any thread may ask.
 */
public final class LoopDetector {
  static final Duration LASTS = Duration.ofSeconds(30);

  private static final String LOOP =
      "messages go round: the node has refused one that came back, or came through too many";

  private static final Logger log = LoggerFactory.getLogger(LoopDetector.class);

  private enum Stage {
    NONE,
    REFUSED,
    /** Refused, and a later message was taken. */
    DELIVERED_SINCE
  }

  private record Seen(Stage stage, long refusedNanos) {
    boolean lasts(long nowNanos) {
      return switch (stage) {
        case NONE -> false;
        case REFUSED -> true;
        case DELIVERED_SINCE -> nowNanos - refusedNanos < LASTS.toNanos();
      };
    }
  }

  private final NodeAddress node;
  private volatile Seen seen = new Seen(Stage.NONE, 0);

  LoopDetector(NodeAddress node) {
    this.node = node;
  }

  void refused(long nowNanos) {
    if (!seen.lasts(nowNanos)) {
      log.warn("{}: {}", node, LOOP);
    }
    seen = new Seen(Stage.REFUSED, nowNanos);
  }

  void delivered() {
    if (seen.stage() == Stage.REFUSED) {
      seen = new Seen(Stage.DELIVERED_SINCE, seen.refusedNanos());
    }
  }

  /** What is wrong with the node; empty where messages do not come back. */
  Optional<NodeTrouble> trouble(long nowNanos) {
    return seen.lasts(nowNanos)
        ? Optional.of(new NodeTrouble(ProblemReason.LOOP, LOOP))
        : Optional.empty();
  }
}
