package io.pushfanout.broadcast;

import io.pushfanout.queue.DeliveryEnd;
import org.jspecify.annotations.Nullable;

/**
 * The place of a broadcast in traces.
 *
 * @param parent {@code traceparent} of the message as received, not checked; null without one
 * @param stream {@code traceparent} of the stream that brought the message, beside the message's
 *     own; null without one
 * @param ends receives the ends of the deliveries of a recorded broadcast; null for all others
 */
public record BroadcastTrace(
    @Nullable String parent, @Nullable String stream, DeliveryEnd.@Nullable Receiver ends) {

  /** Returns the place as received, with the values of two headers; null without any. */
  public static @Nullable BroadcastTrace received(
      @Nullable String message, @Nullable String stream) {
    if (message != null) {
      return new BroadcastTrace(message, stream, null);
    }
    return stream == null ? null : new BroadcastTrace(stream, null, null);
  }

  /** Returns the receiver of the ends for a trace and for a tally; null without both. */
  static DeliveryEnd.@Nullable Receiver ends(
      @Nullable BroadcastTrace trace, DeliveryEnd.@Nullable Receiver tally) {
    DeliveryEnd.Receiver recorded = trace == null ? null : trace.ends;
    if (recorded == null || tally == null) {
      return recorded == null ? tally : recorded;
    }
    return (message, end, ledger) -> {
      recorded.ended(message, end, ledger);
      tally.ended(message, end, ledger);
    };
  }
}
