package io.pushfanout.server;

import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.MessageId;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastTrace;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.Via;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a broadcast call, parsed once for all calls of a connection that have the same.
 *
 * @param rpc the method
 * @param party the sender of the message, for the budget of incomplete ones
 * @param target the target; null when it is malformed
 * @param right the right that the call needs
 * @param nodes narrows the target to these; null is all of its nodes
 * @param via the processes that the message has gone through, and this one
 * @param badTarget the refusal of a malformed target; null without one
 * @param refusal the refusal of other metadata, after authorization; null without one
 * @param compressed whether the message may be compressed
 * @param timeoutNanos time that the caller waits; {@link Long#MAX_VALUE} without a limit
 * @param receipt whether the caller waits for the ends of the deliveries
 * @param messageId id of the message; null without one
 * @param traceparent place of the call in a trace, not checked; null without one
 */
record BroadcastHeaders(
    Rpc rpc,
    Party party,
    Target target,
    Right right,
    @Nullable Set<NodeAddress> nodes,
    Via via,
    @Nullable CallStatus badTarget,
    @Nullable CallStatus refusal,
    boolean compressed,
    long timeoutNanos,
    boolean receipt,
    @Nullable String messageId,
    @Nullable String traceparent) {

  /**
   * Parses the headers.
   *
   * @param network the network of the caller's address
   * @param hops refuses messages that go round in a circle
   */
  static BroadcastHeaders of(
      Rpc rpc,
      CallMetadata metadata,
      boolean compressed,
      long timeoutNanos,
      Object network,
      LoopGuard hops) {
    Target target = new Target.Unnamed();
    CallStatus badTarget = null;
    try {
      target = CallTarget.target(metadata);
    } catch (InvalidCall e) {
      badTarget = invalid(e);
    }
    Via via = Via.NONE;
    Set<NodeAddress> nodes = null;
    boolean receipt = false;
    String messageId = null;
    CallStatus refusal = null;
    try {
      switch (hops.check(metadata)) {
        case LoopGuard.Passage.Onward onward -> via = onward.via();
        case LoopGuard.Passage.Refused(String why) -> refusal = CallStatus.ofLoop(why);
      }
      if (refusal == null) {
        nodes = badTarget == null ? CallTarget.nodes(metadata) : null;
        receipt = CallTarget.waitsForReceipt(metadata);
        messageId = CallTarget.messageId(metadata);
      }
    } catch (InvalidCall e) {
      refusal = invalid(e);
    }
    return new BroadcastHeaders(
        rpc,
        new Party(network, CallTarget.text(metadata)),
        target,
        right(target),
        nodes,
        via,
        badTarget,
        refusal == null ? badTarget : refusal,
        compressed,
        timeoutNanos,
        receipt,
        messageId,
        CallTarget.traceparent(metadata));
  }

  /**
   * Returns the broadcast of a call's message.
   *
   * @param deadlineNanos deadline of the call, on the engine's clock
   * @param caller the caller's identity; null without authorization
   * @throws InvalidCall when the message is malformed
   */
  BroadcastRequest request(byte[] message, long deadlineNanos, @Nullable String caller)
      throws InvalidCall {
    return request(
        rpc,
        message,
        via,
        messageId,
        deadlineNanos,
        caller,
        null,
        BroadcastTrace.received(traceparent, null));
  }

  /**
   * Returns the broadcast of one of a stream's messages.
   *
   * @param through the processes that the message has gone through, and this one
   * @param ofMessage id of the message; null without one
   * @param onEnqueued runs once the queues have decided, before a receipt; null without a receiver
   * @param trace place of the message in traces; null without one
   * @throws InvalidCall when the message is malformed
   */
  BroadcastRequest request(
      Rpc method,
      byte[] message,
      Via through,
      @Nullable String ofMessage,
      long deadlineNanos,
      @Nullable String caller,
      @Nullable Runnable onEnqueued,
      @Nullable BroadcastTrace trace)
      throws InvalidCall {
    RequestCheck.Checked checked = RequestCheck.check(new Payload(method, message));
    Payload payload = checked.payload().through(through);
    MessageId id =
        ofMessage == null ? null : new MessageId(caller == null ? "" : caller, ofMessage);
    return new BroadcastRequest(
        payload, checked.room(), target, nodes, deadlineNanos, receipt, id, onEnqueued, trace);
  }

  private static CallStatus invalid(InvalidCall e) {
    return CallStatus.of(StatusCode.INVALID_ARGUMENT, e.getMessage());
  }

  /**
   * Returns the right that a call needs. Without a target it is the right to all, even while there
   * is only one fanout: more may follow.
   */
  private static Right right(Target target) {
    return switch (target) {
      case Target.Named named -> new Right(named.fanout());
      case Target.All _, Target.Unnamed _ -> Right.ALL_TARGETS;
    };
  }
}
