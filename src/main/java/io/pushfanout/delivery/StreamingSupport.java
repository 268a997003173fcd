package io.pushfanout.delivery;

import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.queue.TransportMode;
import org.jspecify.annotations.Nullable;

/** A node's support for streaming, as far as probes and streams have shown it. */
enum StreamingSupport {
  /** The first probe has not ended; it may be in flight. */
  UNKNOWN,
  /** A probe ended with OK, or a stream was acknowledged. */
  SUPPORTED,
  /** A probe or a stream ended with UNIMPLEMENTED. */
  UNSUPPORTED,
  /** A probe ended otherwise, or had no answer in time. */
  INCONCLUSIVE,
  /** Probes end with OK, but streams with messages were lost unacknowledged. */
  DISPROVED;

  private static final String NO_STREAMING =
      "it has no pushfanout.v1.Delivery, which delivery.mode Stream needs, and its queue holds";

  private static final String STREAMS_UNACKNOWLEDGED =
      "it answers that it streams, but acknowledges nothing on its streams; it gets ";

  /**
   * Returns the transport mode of the node.
   *
   * @param holdExpired whether the queue was held for its longest time
   * @param probation whether support was disproved, and no stream was acknowledged since
   */
  TransportMode modeFor(DeliveryMode wanted, boolean holdExpired, boolean probation) {
    return switch (wanted) {
      case UNARY -> TransportMode.UNARY;
      case AUTO ->
          switch (this) {
            case UNKNOWN -> holdExpired ? TransportMode.UNARY : TransportMode.PAUSED;
            case SUPPORTED ->
                probation && holdExpired ? TransportMode.UNARY : TransportMode.STREAMING;
            case UNSUPPORTED, INCONCLUSIVE, DISPROVED -> TransportMode.UNARY;
          };
      case STREAM ->
          switch (this) {
            case UNKNOWN -> holdExpired ? TransportMode.STREAMING : TransportMode.PAUSED;
            case UNSUPPORTED -> TransportMode.PAUSED;
            case SUPPORTED, INCONCLUSIVE, DISPROVED -> TransportMode.STREAMING;
          };
    };
  }

  /**
   * Returns the trouble of a node that does not stream although the mode requires it; null when
   * there is none.
   *
   * @param decided the mode that the node has
   * @param refusal the node's text of its UNIMPLEMENTED; empty when there is none
   */
  @Nullable NodeTrouble troubleWith(DeliveryMode wanted, TransportMode decided, String refusal) {
    if (wanted == DeliveryMode.STREAM && this == UNSUPPORTED) {
      String why = refusal.isEmpty() ? "" : ": " + refusal;
      return new NodeTrouble(ProblemReason.NO_STREAMING, NO_STREAMING + why);
    }
    if (wanted != DeliveryMode.UNARY && this == DISPROVED) {
      String gets = decided == TransportMode.UNARY ? "calls" : "one message at a time";
      return new NodeTrouble(ProblemReason.STREAMS_UNACKNOWLEDGED, STREAMS_UNACKNOWLEDGED + gets);
    }
    return null;
  }
}
