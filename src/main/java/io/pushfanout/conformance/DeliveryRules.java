package io.pushfanout.conformance;

import io.grpc.Status;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Failure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/** The checks of streams. */
final class DeliveryRules {
  private static final int REQUESTS = 20;
  private static final int STREAMS = 10;

  /** Envelopes of 64 KiB each that make a request of a little over 1 MiB. */
  private static final int LARGE_ENVELOPES = 16;

  private static final int LARGE_ENVELOPE_BYTES = 64 << 10;
  private static final int REQUEST_BYTES = 4 << 20;
  private static final int RESPONSE_BYTES = 64 << 10;

  /** Failures whose texts of 80 characters fit into one response. */
  private static final int FAILURES = 500;

  private DeliveryRules() {}

  static void probe(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      stream.halfClose();
      stream.awaitEnd();
    }
  }

  static void acknowledgement(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      stream.send(stream.good());
      stream.awaitAcknowledged();
      stream.send(stream.goodForRoom(), stream.good());
      stream.awaitAcknowledged();
      stream.requireNoFailure();
    }
  }

  static void cumulative(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      for (int i = 0; i < REQUESTS; i++) {
        stream.send(Collections.nCopies(i + 1, stream.good()));
      }
      stream.awaitAcknowledged();
      stream.requireNoFailure();
    }
  }

  static void end(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      stream.send(stream.good());
      stream.halfClose();
      stream.awaitAcknowledged();
      stream.awaitEnd();
    }
  }

  static void metadata(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      Envelope envelope =
          stream.good().toBuilder()
              .setMessageId(UUID.randomUUID().toString())
              .addVia(UUID.randomUUID().toString())
              .addVia(UUID.randomUUID().toString())
              .setTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")
              .build();
      stream.send(envelope, envelope);
      stream.awaitAcknowledged();
      stream.requireNoFailure();
    }
  }

  static void badEnvelope(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      stream.send(Deliver.BAD, stream.good());
      stream.awaitAcknowledged();
      stream.send(stream.good());
      stream.awaitAcknowledged();
      List<Failure> failures = stream.failures();
      if (failures.size() != 1
          || failures.getFirst().getCode() != Status.Code.INVALID_ARGUMENT.value()) {
        throw new ViolationException(
            "one failed envelope with INVALID_ARGUMENT", Deliver.describe(failures));
      }
    }
  }

  static void failureIndex(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      stream.send(stream.good(), stream.good());
      stream.awaitAcknowledged();
      stream.send(stream.good(), Deliver.BAD);
      stream.awaitAcknowledged();
      List<Failure> failures = stream.failures();
      if (failures.size() != 1 || failures.getFirst().getIndex() != 3) {
        throw new ViolationException(
            "one failed envelope, at index 3 of the stream", Deliver.describe(failures));
      }
    }
  }

  static void largeRequest(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      stream.send(Collections.nCopies(LARGE_ENVELOPES, broadcastOf(node, LARGE_ENVELOPE_BYTES)));
      stream.awaitAcknowledged();
      Envelope largest = broadcastOf(node, REQUEST_BYTES);
      int beside =
          DeliverRequest.newBuilder().addEnvelopes(largest).build().getSerializedSize()
              - REQUEST_BYTES;
      stream.send(broadcastOf(node, REQUEST_BYTES - beside));
      stream.awaitAcknowledged();
      stream.requireNoFailure();
    }
  }

  private static Envelope broadcastOf(NodeProbe node, int bytes) {
    return Envelope.newBuilder().setBroadcast(node.broadcastOf(bytes).toByteString()).build();
  }

  static void responseSize(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    try (Deliver stream = new Deliver(node)) {
      stream.send(Collections.nCopies(FAILURES, Deliver.BAD));
      stream.awaitAcknowledged();
      if (stream.largestResponse() > RESPONSE_BYTES) {
        throw new ViolationException(
            "responses of %d bytes at most".formatted(RESPONSE_BYTES),
            "one of %d bytes".formatted(stream.largestResponse()));
      }
    }
  }

  static void parallelStreams(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    List<Deliver> streams = new ArrayList<>();
    try {
      for (int i = 0; i < STREAMS; i++) {
        Deliver stream = new Deliver(node);
        streams.add(stream);
        stream.send(stream.good());
      }
      // All are open: the last one may not wait for the end of the first.
      for (Deliver stream : streams.reversed()) {
        stream.awaitAcknowledged();
      }
    } finally {
      for (Deliver stream : streams) {
        stream.halfClose();
      }
      for (Deliver stream : streams) {
        stream.close();
      }
    }
  }
}
