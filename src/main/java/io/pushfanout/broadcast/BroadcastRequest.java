package io.pushfanout.broadcast;

import io.pushfanout.interest.RoomName;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.TraceContext;
import io.pushfanout.queue.DeliveryEnd;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast as its caller requested it. The payload gets the id, for its nodes.
 *
 * @param room the room that the message is for; null for every node
 * @param nodes narrows the target to these nodes; null is all of them
 * @param deadlineNanos end of the caller's wait, on the engine's clock; {@link Long#MAX_VALUE} is
 *     never
 * @param receipt whether the caller waits for the ends of the deliveries
 * @param id identity of the message, which enqueues it once; null without one
 * @param onEnqueued runs once the queues have decided, before a receipt, on any thread; null
 *     without a receiver
 * @param trace place of the broadcast in traces; null without one
 */
public record BroadcastRequest(
    Payload payload,
    @Nullable RoomName room,
    Target target,
    @Nullable Set<NodeAddress> nodes,
    long deadlineNanos,
    boolean receipt,
    @Nullable MessageId id,
    @Nullable Runnable onEnqueued,
    @Nullable BroadcastTrace trace) {

  public BroadcastRequest {
    payload = id == null ? payload : payload.withId(id.value());
  }

  /**
   * The identity of a message among those of its caller.
   *
   * @param caller the name that authorization gave; empty without authorization
   */
  public record MessageId(String caller, String value) {}

  /**
   * Returns the same request with its place in a trace, for its nodes.
   *
   * @param ends receives the ends of the deliveries; null when they are not recorded
   */
  public BroadcastRequest traced(TraceContext context, DeliveryEnd.@Nullable Receiver ends) {
    return new BroadcastRequest(
        payload.traced(context),
        room,
        target,
        nodes,
        deadlineNanos,
        receipt,
        id,
        onEnqueued,
        new BroadcastTrace(context.traceparent(), null, ends));
  }

  /** Creates the request of a caller that does not wait for the ends of the deliveries. */
  public BroadcastRequest(
      Payload payload, Target target, @Nullable Set<NodeAddress> nodes, long deadlineNanos) {
    this(payload, target, nodes, deadlineNanos, false, null);
  }

  /** Creates the request of a caller that waits for the whole result. */
  public BroadcastRequest(
      Payload payload,
      Target target,
      @Nullable Set<NodeAddress> nodes,
      long deadlineNanos,
      boolean receipt,
      @Nullable MessageId id) {
    this(payload, null, target, nodes, deadlineNanos, receipt, id, null, null);
  }

  /** The fanouts that a broadcast is for. */
  public sealed interface Target {
    /** A target that the caller left out: the only fanout, or the server's default. */
    record Unnamed() implements Target {}

    /** Every fanout. */
    record All() implements Target {}

    /** One fanout. */
    record Named(FanoutName fanout) implements Target {}
  }
}
