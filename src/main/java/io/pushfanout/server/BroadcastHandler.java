package io.pushfanout.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.Via;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.server.PayloadMarshaller.Received;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A handler that starts the calls of both methods. A server that is shutting down refuses them
 * here, before it reads a byte.
 *
 * @param hops refuses messages that go round in a circle
 * @param noFanout counts the calls that end before the engine, which counts the others itself
 * @param nanoClock the engine's clock
 * @param refusing whether the server is shutting down
 */
record BroadcastHandler(
    Broadcasts broadcasts,
    LoopGuard hops,
    FanoutTotals noFanout,
    LongSupplier nanoClock,
    BooleanSupplier refusing)
    implements ServerCallHandler<Received, BroadCastReply> {

  @Override
  public ServerCall.Listener<Received> startCall(
      ServerCall<Received, BroadCastReply> call, Metadata headers) {
    if (refusing.getAsBoolean()) {
      refuseShuttingDown(call);
      return new ServerCall.Listener<>() {};
    }
    Via via;
    CallTarget target;
    try {
      switch (hops.check(CallMetadata.of(headers))) {
        case LoopGuard.Passage.Onward onward -> via = onward.via();
        case LoopGuard.Passage.Refused refused -> {
          noFanout.countBroadcast(CallOutcome.INVALID);
          call.close(refused.status(), refused.trailers());
          return new ServerCall.Listener<>() {};
        }
      }
      target = CallTarget.of(CallMetadata.of(headers));
    } catch (InvalidCall e) {
      refuse(
          call,
          Status.INVALID_ARGUMENT.withDescription(String.valueOf(e.getMessage())),
          CallOutcome.INVALID);
      return new ServerCall.Listener<>() {};
    }
    // Two, so that gRPC detects a second message of a unary call.
    call.request(2);
    return new BroadcastCall(this, call, target, via);
  }

  void refuseShuttingDown(ServerCall<?, ?> call) {
    refuse(
        call,
        Status.UNAVAILABLE.withDescription("the server is shutting down"),
        CallOutcome.UNAVAILABLE);
  }

  void refuse(ServerCall<?, ?> call, Status status, CallOutcome outcome) {
    noFanout.countBroadcast(outcome);
    call.close(status, new Metadata());
  }
}
