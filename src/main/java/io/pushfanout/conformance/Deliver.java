package io.pushfanout.conformance;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Failure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@code Deliver} stream that checks the acknowledgements of sent envelopes. */
final class Deliver implements AutoCloseable {
  /** Bytes that are no message: a field that is cut off. */
  private static final ByteString GARBAGE = ByteString.copyFrom(new byte[] {0x0a, 0x7f, 0x01});

  static final Envelope BAD = Envelope.newBuilder().setBroadcast(GARBAGE).build();

  private final NodeProbe node;
  private final Exchange<DeliverRequest, DeliverResponse> exchange;
  private final List<Failure> failures = new ArrayList<>();
  private long sent;
  private long acknowledged;
  private int largestResponse;

  Deliver(NodeProbe node) {
    this.node = node;
    exchange = new Exchange<>(DeliveryGrpc.newStub(node.connection())::deliver);
  }

  Envelope good() {
    return Envelope.newBuilder().setBroadcast(node.broadcast().toByteString()).build();
  }

  Envelope goodForRoom() {
    return Envelope.newBuilder().setBroadcastToRoom(node.roomBroadcast().toByteString()).build();
  }

  void send(Envelope... envelopes) {
    send(List.of(envelopes));
  }

  void send(List<Envelope> envelopes) {
    sent += envelopes.size();
    exchange.send(DeliverRequest.newBuilder().addAllEnvelopes(envelopes).build());
  }

  void halfClose() {
    exchange.halfClose();
  }

  /** Waits until the node has acknowledged all envelopes so far. */
  void awaitAcknowledged()
      throws ViolationException, MissingServiceException, InterruptedException {
    while (acknowledged < sent) {
      if (!step()) {
        throw new ViolationException(
            "acknowledgements of %d envelopes".formatted(sent),
            "%d, and %s".formatted(acknowledged, end()));
      }
    }
  }

  /** Waits until the node has ended the stream with OK. */
  void awaitEnd() throws ViolationException, MissingServiceException, InterruptedException {
    while (step()) {
      // Each step checks its response.
    }
    Status status = exchange.ended();
    if (status == null || !status.isOk()) {
      throw new ViolationException("the end of the stream with OK", end());
    }
  }

  void requireNoFailure() throws ViolationException {
    if (!failures.isEmpty()) {
      throw new ViolationException("no failed envelope", describe(failures));
    }
  }

  List<Failure> failures() {
    return failures;
  }

  static String describe(List<Failure> failures) {
    if (failures.isEmpty()) {
      return "no failed envelope";
    }
    Failure first = failures.getFirst();
    return "%d failed, the first at index %d with %s %s"
        .formatted(
            failures.size(),
            first.getIndex(),
            Status.fromCodeValue(first.getCode()).getCode(),
            first.getMessage());
  }

  /** Returns the bytes of the largest response. */
  int largestResponse() {
    return largestResponse;
  }

  /** Takes one response; returns false at the end of the stream and after the deadline. */
  private boolean step() throws ViolationException, MissingServiceException, InterruptedException {
    @Nullable DeliverResponse response = exchange.next(node.deadline());
    if (response == null) {
      return false;
    }
    if (response.getAcknowledged() < acknowledged || response.getAcknowledged() > sent) {
      throw new ViolationException(
          "an acknowledgement from %d to %d".formatted(acknowledged, sent),
          Long.toUnsignedString(response.getAcknowledged()));
    }
    acknowledged = response.getAcknowledged();
    failures.addAll(response.getFailuresList());
    largestResponse = Math.max(largestResponse, response.getSerializedSize());
    return true;
  }

  private String end() {
    Status status = exchange.ended();
    return status == null ? "nothing more in time" : "the end: " + NodeProbe.describe(status);
  }

  @Override
  public void close() {
    exchange.close();
  }
}
