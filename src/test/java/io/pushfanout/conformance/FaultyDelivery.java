package io.pushfanout.conformance;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Failure;
import java.util.concurrent.atomic.AtomicInteger;

/** A delivery service that keeps all rules but one. */
final class FaultyDelivery extends DeliveryGrpc.DeliveryImplBase {
  private final String broken;
  private final AtomicInteger open = new AtomicInteger();

  FaultyDelivery(String broken) {
    this.broken = broken;
  }

  @Override
  public StreamObserver<DeliverRequest> deliver(StreamObserver<DeliverResponse> answer) {
    int others = open.getAndIncrement();
    return new Call(answer, broken.equals("delivery-parallel-streams") && others > 0);
  }

  private final class Call implements StreamObserver<DeliverRequest> {
    private final StreamObserver<DeliverResponse> answer;
    private final boolean deaf;
    private long handled;
    private int requests;

    Call(StreamObserver<DeliverResponse> answer, boolean deaf) {
      this.answer = answer;
      this.deaf = deaf;
    }

    @Override
    public void onNext(DeliverRequest request) {
      requests++;
      DeliverResponse.Builder response = DeliverResponse.newBuilder();
      int inRequest = 0;
      for (Envelope envelope : request.getEnvelopesList()) {
        Status status = statusOf(envelope);
        if (!status.isOk()) {
          response.addFailures(
              Failure.newBuilder()
                  .setIndex(broken.equals("delivery-failure-index") ? inRequest : handled)
                  .setCode(status.getCode().value())
                  .setMessage(
                      broken.equals("delivery-response-size") ? "long ".repeat(60) : "bad"));
        }
        inRequest++;
        handled++;
      }
      boolean small = request.getSerializedSize() < 1 << 20;
      if (!deaf && (small || !broken.equals("delivery-large-request"))) {
        answer.onNext(response.setAcknowledged(acknowledged(request)).build());
      }
    }

    private long acknowledged(DeliverRequest request) {
      return switch (broken) {
        // The number of the last request's envelopes is the sum as long as there is one request.
        case "delivery-cumulative" -> requests > 5 ? request.getEnvelopesCount() : handled;
        case "delivery-acknowledgement" ->
            request.getEnvelopesList().stream().anyMatch(Envelope::hasBroadcastToRoom)
                ? handled + 1
                : handled;
        default -> handled;
      };
    }

    private Status statusOf(Envelope envelope) {
      if (broken.equals("delivery-metadata") && envelope.getViaCount() > 0) {
        return Status.FAILED_PRECONDITION;
      }
      try {
        var _ = BroadCastReq.parseFrom(envelope.getBroadcast());
        return Status.OK;
      } catch (InvalidProtocolBufferException _) {
        return broken.equals("delivery-bad-envelope") ? Status.UNKNOWN : Status.INVALID_ARGUMENT;
      }
    }

    @Override
    public void onCompleted() {
      open.decrementAndGet();
      boolean fails =
          handled == 0 ? broken.equals("delivery-probe") : broken.equals("delivery-end");
      if (fails) {
        answer.onError(Status.CANCELLED.asException());
      } else {
        answer.onCompleted();
      }
    }

    @Override
    public void onError(Throwable error) {
      open.decrementAndGet();
    }
  }
}
