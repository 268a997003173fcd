package io.pushfanout.server;

import com.google.common.math.LongMath;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Via;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.server.PayloadMarshaller.Received;
import io.pushfanout.server.guard.CallTarget;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import io.pushfanout.server.guard.ReplyMapper;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A broadcast call, from its message to its reply.
 *
 * <p>gRPC calls it on the connection's loop, one callback at a time; only {@link #reply} may run on
 * another thread. Once the caller is gone, a reply is harmless: gRPC drops it.
 */
final class BroadcastCall extends ServerCall.Listener<Received> {
  private final BroadcastHandler handler;
  private final ServerCall<Received, BroadCastReply> call;
  private final CallTarget target;
  private final Via via;
  private @Nullable Received received;
  private Runnable stopWaiting = () -> {};

  BroadcastCall(
      BroadcastHandler handler,
      ServerCall<Received, BroadCastReply> call,
      CallTarget target,
      Via via) {
    this.handler = handler;
    this.call = call;
    this.target = target;
    this.via = via;
  }

  @Override
  public void onMessage(Received message) {
    received = message;
  }

  @Override
  public void onHalfClose() {
    // A second check: a shutdown may have begun while the message was arriving.
    if (handler.refusing().getAsBoolean()) {
      handler.refuseShuttingDown(call);
      return;
    }
    switch (received) {
      case null -> refuseInvalid("the call has no message");
      case Received.Broken broken -> refuseInvalid(broken.why());
      case Received.Whole whole -> broadcast(whole.payload());
    }
    // A held call may wait long, and the engine holds the payload itself.
    received = null;
  }

  /** Stops waiting: the caller cancelled or went away, or its deadline has passed. */
  @Override
  public void onCancel() {
    stopWaiting.run();
  }

  private void broadcast(Payload received) {
    Payload payload;
    try {
      payload = RequestCheck.check(received).through(via);
    } catch (InvalidCall e) {
      refuseInvalid(String.valueOf(e.getMessage()));
      return;
    }
    stopWaiting =
        handler
            .broadcasts()
            .broadcast(
                new BroadcastRequest(payload, target.target(), target.nodes(), deadlineNanos()),
                this::reply);
  }

  private void refuseInvalid(String why) {
    handler.refuse(call, Status.INVALID_ARGUMENT.withDescription(why), CallOutcome.INVALID);
  }

  /** Returns the caller's deadline on the engine's clock. */
  private long deadlineNanos() {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return Long.MAX_VALUE;
    }
    return LongMath.saturatedAdd(
        handler.nanoClock().getAsLong(), deadline.timeRemaining(TimeUnit.NANOSECONDS));
  }

  private void reply(BroadcastResult result) {
    switch (result) {
      case BroadcastResult.Answered answered -> {
        call.sendHeaders(new Metadata());
        call.sendMessage(ReplyMapper.reply(answered.outcome()));
        call.close(Status.OK, new Metadata());
      }
      case BroadcastResult.Refused refused -> ReplyMapper.refuse(call, refused);
    }
  }
}
