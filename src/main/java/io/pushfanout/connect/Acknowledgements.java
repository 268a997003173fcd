package io.pushfanout.connect;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.queue.DeliveryFailure;
import java.util.ArrayList;
import java.util.List;

/**
 * What the node has acknowledged on one stream, held to what it was sent. Gathers several responses
 * that come together, so that the engine hears of them at once.
 */
final class Acknowledgements {
  /** Each costs some work. A node that shows that it lives once in a second needs three hours. */
  private static final int MAX_IDLE_IN_A_ROW = 10_000;

  private static final String NOT_A_RESPONSE = "its bytes do not parse as DeliverResponse";

  private long sent;

  /** As the node has said, and as the engine has heard. */
  private long acknowledged;

  private long told;
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
   * Takes one response.
   *
   * @throws ProtocolException when it does not parse, acknowledges what was not sent, takes back,
   *     or is one of too many that acknowledge nothing
   */
  void add(byte[] message) throws ProtocolException {
    DeliverResponse response;
    try {
      response = DeliverResponse.parseFrom(message);
    } catch (InvalidProtocolBufferException _) {
      throw new ProtocolException(NOT_A_RESPONSE);
    }
    // Not ignored as unknown, as they are in the reply to a broadcast: that is no acknowledgement.
    UnknownFieldSet others = response.getUnknownFields();
    if (others.hasField(DeliverResponse.ACKNOWLEDGED_FIELD_NUMBER)
        || others.hasField(DeliverResponse.FAILURES_FIELD_NUMBER)) {
      throw new ProtocolException(NOT_A_RESPONSE);
    }
    // Unsigned: what is too large for a long looks negative here, and is refused as that.
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
              (int) (index - told),
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

  /** How many were acknowledged since {@link #taken}. */
  int count() {
    return (int) (acknowledged - told);
  }

  List<DeliveryFailure> failures() {
    return failures.isEmpty() ? List.of() : List.copyOf(failures);
  }

  void taken() {
    told = acknowledged;
    failures.clear();
  }
}
