package io.pushfanout.connect;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.net.ProtocolException;

/**
 * The bytes of a node on a stream. The first byte is the number of envelopes sent, the second the
 * size of the pieces, the rest are messages with gRPC's prefix.
 */
public final class NodeAnswersFuzz implements FuzzTarget {
  private static final int LARGEST = 1000;
  private static final int LONGEST_MESSAGE = 201;

  @Override
  public String name() {
    return "node-answers";
  }

  @Override
  public void take(byte[] input) throws Exception {
    if (input.length < 2) {
      return;
    }
    int sent = input[0] & 0xFF;
    int piece = Math.max(1, input[1] & 0xFF);
    MessageReader reader = new MessageReader(LARGEST);
    Acknowledgements acknowledgements = new Acknowledgements();
    acknowledgements.sent(sent);
    long told = 0;
    try {
      for (int at = 2; at < input.length; at += piece) {
        ByteBuf bytes = Unpooled.wrappedBuffer(input, at, Math.min(piece, input.length - at));
        for (byte[] message = reader.next(bytes); message != null; message = reader.next(bytes)) {
          Held.that(message.length <= LARGEST, "too large", message.length);
          acknowledgements.add(message);
          told += heard(acknowledgements, message, told);
        }
        Held.that(!bytes.isReadable(), "left unread");
      }
    } catch (ProtocolException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
    }
    Held.that(told <= sent, "more than was sent", told, sent);
    Held.that(acknowledgements.isAnythingOpen() || told == sent, "nothing open", told, sent);
  }

  /** Returns the number of envelopes that the message has acknowledged. */
  private static int heard(Acknowledgements acknowledgements, byte[] message, long told)
      throws InvalidProtocolBufferException {
    DeliverResponse response = DeliverResponse.parseFrom(message);
    int count = acknowledgements.count();
    Held.that(response.getAcknowledged() == told + count, "count", told, count);
    Held.that(
        acknowledgements.failures().size() == response.getFailuresCount(), "failures", response);
    for (DeliveryFailure failure : acknowledgements.failures()) {
      Held.that(failure.offset() >= 0 && failure.offset() < count, "index", failure, count);
      Held.that(!failure.code().name().equals("OK"), "failed with OK", failure);
      if (!failure.detail().isBlank()) {
        Held.line(failure.detail(), LONGEST_MESSAGE);
      }
    }
    acknowledgements.markReported();
    return count;
  }
}
