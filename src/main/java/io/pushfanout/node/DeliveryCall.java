package io.pushfanout.node;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.node.UserServer.RoomText;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * One stream of broadcasts. Envelopes reach the users in the order of the stream, and one response
 * acknowledges all of a request.
 *
 * <p>Requests come from gRPC, one at a time; they are acknowledged on the users' event loop. A few
 * are on their way between the two, and one that is acknowledged makes room for the next, unless
 * PushFanout does not read what it is told.
 */
final class DeliveryCall implements StreamObserver<DeliverRequest> {
  private final UserServer users;
  private final ServerCallStreamObserver<DeliverResponse> acknowledgements;
  private long received;

  /** Requests that are acknowledged and have not made room yet. */
  private int owed;

  /**
   * @param underWay how many requests may be on their way to the users
   */
  DeliveryCall(
      UserServer users, ServerCallStreamObserver<DeliverResponse> acknowledgements, int underWay) {
    this.users = users;
    this.acknowledgements = acknowledgements;
    acknowledgements.disableAutoRequest();
    acknowledgements.setOnReadyHandler(this::makeRoom);
    // What PushFanout gave up meanwhile is acknowledged into the void instead of throwing.
    acknowledgements.setOnCancelHandler(() -> {});
    acknowledgements.request(underWay);
  }

  @Override
  public void onNext(DeliverRequest request) {
    DeliverResponse.Builder response = DeliverResponse.newBuilder();
    List<RoomText> texts = new ArrayList<>(request.getEnvelopesCount());
    for (Envelope envelope : request.getEnvelopesList()) {
      try {
        RoomMessage message = RoomMessage.of(envelope);
        texts.add(new RoomText(message.room(), message.text(users.texts())));
      } catch (RoomMessage.Incomplete e) {
        response.addFailures(failure(received, Status.Code.INVALID_ARGUMENT, e));
      } catch (TextMemory.NoRoom e) {
        response.addFailures(failure(received, Status.Code.RESOURCE_EXHAUSTED, e));
      }
      received++;
    }
    response.setAcknowledged(received);
    users.deliver(texts, () -> acknowledge(response.build()));
  }

  private static Failure failure(long index, Status.Code code, Exception why) {
    return Failure.newBuilder()
        .setIndex(index)
        .setCode(code.value())
        .setMessage(String.valueOf(why.getMessage()))
        .build();
  }

  private void acknowledge(DeliverResponse response) {
    acknowledgements.onNext(response);
    synchronized (this) {
      owed++;
    }
    if (acknowledgements.isReady()) {
      makeRoom();
    }
  }

  private void makeRoom() {
    int room;
    synchronized (this) {
      room = owed;
      owed = 0;
    }
    if (room > 0) {
      acknowledgements.request(room);
    }
  }

  /** It will send no more: the last acknowledgement ends the stream. */
  @Override
  public void onCompleted() {
    users.deliver(List.of(), acknowledgements::onCompleted);
  }

  /** It has gone; what it sent has been delivered all the same. */
  @Override
  public void onError(Throwable gone) {}
}
