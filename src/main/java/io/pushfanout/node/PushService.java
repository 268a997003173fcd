package io.pushfanout.node;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc;

/**
 * A service that hands broadcasts to the users.
 *
 * <p>A call returns once each user's socket has accepted the message or is being closed, and never
 * waits for a user's network. A caller with one call at a time therefore has its messages in order,
 * and cannot queue more messages than its calls in flight.
 */
final class PushService extends PushServerGrpc.PushServerImplBase {
  private final UserServer users;

  PushService(UserServer users) {
    this.users = users;
  }

  @Override
  public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> reply) {
    try {
      deliver(RoomMessage.of(request), reply);
    } catch (RoomMessage.Incomplete e) {
      refuse(reply, Status.INVALID_ARGUMENT, e);
    }
  }

  @Override
  public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> reply) {
    try {
      deliver(RoomMessage.of(request), reply);
    } catch (RoomMessage.Incomplete e) {
      refuse(reply, Status.INVALID_ARGUMENT, e);
    }
  }

  private void deliver(RoomMessage message, StreamObserver<BroadCastReply> reply) {
    // With a handler, the reply to a cancelled call is ignored; without one it throws.
    ((ServerCallStreamObserver<BroadCastReply>) reply).setOnCancelHandler(() -> {});
    SharedText text;
    try {
      text = message.text(users.texts());
    } catch (TextMemory.NoRoom e) {
      refuse(reply, Status.RESOURCE_EXHAUSTED, e);
      return;
    }
    users.deliver(
        message.room(),
        text,
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

  private static void refuse(StreamObserver<BroadCastReply> reply, Status status, Exception why) {
    reply.onError(status.withDescription(why.getMessage()).asRuntimeException());
  }
}
