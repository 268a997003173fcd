package io.pushfanout.client;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc.PushServerStub;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A load of unary calls. Each request is built once and encoded for each call. */
final class UnaryLoad implements Load {
  private final List<PushServerStub> stubs;
  private final List<Request> requests;

  /** A request of one of the two kinds; the other field is null. */
  private record Request(@Nullable BroadCastReq toEveryUser, @Nullable BroadCastRoomReq toRoom) {}

  /**
   * @param stubs one for each connection
   */
  UnaryLoad(List<PushServerStub> stubs, List<BroadcastMessage> messages) {
    this.stubs = stubs;
    this.requests = messages.stream().map(UnaryLoad::request).toList();
  }

  private static Request request(BroadcastMessage message) {
    return message.room() == null
        ? new Request(message.toEveryUser(), null)
        : new Request(null, message.toRoom());
  }

  @Override
  public void send(long number, Answer answer) {
    Request request = requests.get((int) (number % requests.size()));
    PushServerStub stub =
        stubs
            .get((int) (number % stubs.size()))
            .withDeadlineAfter(LoadConnections.CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    StreamObserver<BroadCastReply> observer = observer(answer);
    if (request.toEveryUser() != null) {
      stub.broadcast(request.toEveryUser(), observer);
    } else if (request.toRoom() != null) {
      stub.broadcastToRoom(request.toRoom(), observer);
    }
  }

  private static StreamObserver<BroadCastReply> observer(Answer answer) {
    return new StreamObserver<>() {
      private BroadCastReply reply = BroadCastReply.getDefaultInstance();

      @Override
      public void onNext(BroadCastReply next) {
        reply = next;
      }

      @Override
      public void onError(Throwable error) {
        answer.failed(Status.fromThrowable(error));
      }

      @Override
      public void onCompleted() {
        answer.replied(reply);
      }
    };
  }

  @Override
  public void flush() {
    // Each call leaves at once.
  }

  @Override
  public void end() {
    // Each call ends by its reply or its deadline.
  }

  @Override
  public boolean isOver() {
    return true;
  }
}
