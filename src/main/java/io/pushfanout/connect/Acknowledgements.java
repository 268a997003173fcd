package io.pushfanout.connect;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * The acknowledgements of a node on one stream, checked against the envelopes sent. Responses that
 * come together are gathered, so that the engine is notified once.
 */
final class Acknowledgements {
  /**
   * Most responses in a row that acknowledge nothing; each costs some work. A node that sends one a
   * second as a sign of life reaches the bound after almost three hours.
   */
  private static final int MAX_IDLE_IN_A_ROW = 10_000;

  private static final String NOT_A_RESPONSE = "its bytes do not parse as DeliverResponse";

  private long sent;

  /** Envelopes acknowledged by the node. */
  private long acknowledged;

  /** Envelopes reported to the engine as acknowledged. */
  private long reported;

  private int idleInARow;
  private final List<DeliveryFailure> failures = new ArrayList<>();

  void sent(int count) {
    sent += count;
  }

  boolean isAnythingOpen() {
    return acknowledged < sent;
  }

  boolean isAnythingAcknowledged() {
    return acknowledged > 0;
  }

  /**
   * Adds one response.
   *
   * @throws ProtocolException if the response does not parse, acknowledges envelopes that were not
   *     sent, goes back, or is one of too many that acknowledge nothing
   */
  void add(byte[] message) throws ProtocolException {
    DeliverResponse response;
    try {
      response = DeliverResponse.parseFrom(message);
    } catch (InvalidProtocolBufferException _) {
      throw new ProtocolException(NOT_A_RESPONSE);
    }
    // Known fields of a wrong type are not ignored, as in the reply to a broadcast: such a
    // response is no acknowledgement.
    UnknownFieldSet others = response.getUnknownFields();
    if (others.hasField(DeliverResponse.ACKNOWLEDGED_FIELD_NUMBER)
        || others.hasField(DeliverResponse.FAILURES_FIELD_NUMBER)) {
      throw new ProtocolException(NOT_A_RESPONSE);
    }
    // The field is unsigned: a value too large for a long is negative here, and is refused as
    // that.
    long now = response.getAcknowledged();
    if (now < acknowledged || now > sent) {
      throw new ProtocolException(
          "it acknowledges %s of %d envelopes, after %d"
              .formatted(Long.toUnsignedString(now), sent, acknowledged));
    }
    List<DeliveryFailure> failed = new ArrayList<>(response.getFailuresCount());
    for (var failure : response.getFailuresList()) {
      long index = failure.getIndex();
      if (index < acknowledged || index >= now) {
        throw new ProtocolException(
            "envelope %s failed, but %d to %d are acknowledged"
                .formatted(Long.toUnsignedString(index), acknowledged, now - 1));
      }
      failed.add(
          new DeliveryFailure(
              (int) (index - reported),
              StatusCode.ofFailure(failure.getCode()),
              PeerMessage.line(failure.getMessage())));
    }
    idleInARow = now > acknowledged ? 0 : idleInARow + 1;
    if (idleInARow > MAX_IDLE_IN_A_ROW) {
      throw new ProtocolException(
          "more than %d responses in a row acknowledge nothing".formatted(MAX_IDLE_IN_A_ROW));
    }
    failures.addAll(failed);
    acknowledged = now;
  }

  /** Returns the number of envelopes acknowledged since {@link #markReported}. */
  int count() {
    return (int) (acknowledged - reported);
  }

  List<DeliveryFailure> failures() {
    return failures.isEmpty() ? List.of() : List.copyOf(failures);
  }

  void markReported() {
    reported = acknowledged;
    failures.clear();
  }
}
