package io.pushfanout.delivery;

import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.ProblemReason;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A detector of delivery loops: the node is a fan-out server, and has refused a message that had
 * been through it, or through too many processes. The detector writes one line to the log for each
 * loop that begins.
 *
 * <p>A loop lasts for {@link #LASTS} after the last refusal at least, and until the node has taken
 * a message since. Events come on the node's loop; any thread may call {@link #trouble}.
 */
public final class LoopDetector {
  static final Duration LASTS = Duration.ofSeconds(30);

  private static final String LOOP =
      "messages go round: the node has refused one that came back, or came through too many";

  private static final Logger log = LoggerFactory.getLogger(LoopDetector.class);

  private enum Stage {
    NONE,
    REFUSED,
    /** The node has refused a message, and has taken a later one. */
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

  /** Returns the loop as a trouble of the node; empty without a loop. */
  Optional<NodeTrouble> trouble(long nowNanos) {
    return seen.lasts(nowNanos)
        ? Optional.of(new NodeTrouble(ProblemReason.LOOP, LOOP))
        : Optional.empty();
  }
}
