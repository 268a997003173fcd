package io.pushfanout.node;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;

/**
 * Takes broadcasts and hands them to the users.
 *
 * <p>A call is answered once each user's socket has taken the message or was cut, never after a
 * user's network: so a caller with one call at a time has its messages in order, and cannot pile up
 * more than its calls in flight.
 */
final class PushService extends PushServerGrpc.PushServerImplBase {
  private final UserServer users;

  PushService(UserServer users) {
    this.users = users;
  }

  @Override
  public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> reply) {
    if (!request.hasProto()) {
      refuse(reply, "proto is missing");
    } else {
      deliver(request.getProto().getRoomid(), request.getProto(), reply);
    }
  }

  @Override
  public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> reply) {
    if (request.getRoomId().isEmpty()) {
      refuse(reply, "roomId is missing");
    } else if (!request.hasProto()) {
      refuse(reply, "proto is missing");
    } else {
      deliver(request.getRoomId(), request.getProto(), reply);
    }
  }

  private void deliver(String room, Proto message, StreamObserver<BroadCastReply> reply) {
    // A call that its caller gave up meanwhile is answered into the void instead of throwing.
    ((ServerCallStreamObserver<BroadCastReply>) reply).setOnCancelHandler(() -> {});
    users.deliver(
        room,
        SharedText.ofMessage(room, message),
        taken -> {
          reply.onNext(
              BroadCastReply.newBuilder()
                  .setCode("0")
                  .setMsg("OK")
                  .setDesc("Sent to " + taken + (taken == 1 ? " user." : " users."))
                  .build());
          reply.onCompleted();
        });
  }

  private static void refuse(StreamObserver<BroadCastReply> reply, String problem) {
    reply.onError(Status.INVALID_ARGUMENT.withDescription(problem).asRuntimeException());
  }
}
