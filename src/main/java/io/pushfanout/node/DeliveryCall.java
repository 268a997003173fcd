package io.pushfanout.node;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.model.Rpc;
import io.pushfanout.node.UserServer.RoomText;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream of broadcasts. Envelopes reach the users in the order of the stream, and the last
 * response to a request acknowledges all of its envelopes, doubles included.
 *
 * <p>gRPC passes requests one at a time; the users' event loop acknowledges them. Only a few
 * requests are in between: each acknowledgement requests one more, unless PushFanout does not read
 * the acknowledgements.
 */
final class DeliveryCall implements StreamObserver<DeliverRequest> {
  /** Failures in one response, which may have 64 KiB. */
  private static final int MAX_FAILURES = 250;

  private final UserServer users;
  private final RecentMessages recent;
  private final ServerCallStreamObserver<DeliverResponse> acknowledgements;
  private long received;

  /** Acknowledged requests without a replacement requested from gRPC yet. Guarded by this. */
  private int pending;

  /**
   * @param inFlight maximum of requests on their way to the users
   */
  DeliveryCall(
      UserServer users,
      RecentMessages recent,
      ServerCallStreamObserver<DeliverResponse> acknowledgements,
      int inFlight) {
    this.users = users;
    this.recent = recent;
    this.acknowledgements = acknowledgements;
    acknowledgements.disableAutoRequest();
    acknowledgements.setOnReadyHandler(this::requestMore);
    // With a handler, acknowledgements of a cancelled call are ignored; without one they throw.
    acknowledgements.setOnCancelHandler(() -> {});
    acknowledgements.request(inFlight);
  }

  @Override
  public void onNext(DeliverRequest request) {
    DeliverResponse.Builder response = DeliverResponse.newBuilder();
    List<RoomText> texts = new ArrayList<>(request.getEnvelopesCount());
    for (Envelope envelope : request.getEnvelopesList()) {
      if (response.getFailuresCount() == MAX_FAILURES) {
        DeliverResponse part = response.setAcknowledged(received).build();
        users.deliver(texts, () -> acknowledgements.onNext(part));
        response.clear();
        texts = new ArrayList<>();
      }
      try {
        RoomMessage message = RoomMessage.of(envelope);
        SharedText text = message.text(users.texts());
        // A message is remembered only here, where its delivery cannot fail any more.
        if (isDouble(envelope)) {
          text.release();
        } else {
          texts.add(new RoomText(message.room(), text));
        }
      } catch (RoomMessage.Incomplete e) {
        response.addFailures(failure(received, Status.Code.INVALID_ARGUMENT, e));
      } catch (TextMemory.NoRoom e) {
        response.addFailures(failure(received, Status.Code.RESOURCE_EXHAUSTED, e));
      }
      received++;
    }
    response.setAcknowledged(received);
    DeliverResponse last = response.build();
    users.deliver(texts, () -> acknowledge(last));
  }

  private boolean isDouble(Envelope envelope) {
    return envelope.hasBroadcast()
        ? recent.isDouble(envelope.getMessageId(), Rpc.BROADCAST, envelope.getBroadcast())
        : recent.isDouble(
            envelope.getMessageId(), Rpc.BROADCAST_TO_ROOM, envelope.getBroadcastToRoom());
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
      pending++;
    }
    if (acknowledgements.isReady()) {
      requestMore();
    }
  }

  private void requestMore() {
    int more;
    synchronized (this) {
      more = pending;
      pending = 0;
    }
    if (more > 0) {
      acknowledgements.request(more);
    }
  }

  /** Ends the stream after the last acknowledgement. */
  @Override
  public void onCompleted() {
    users.deliver(List.of(), acknowledgements::onCompleted);
  }

  /** Ignores a broken stream; its earlier requests are delivered nevertheless. */
  @Override
  public void onError(Throwable error) {}
}
