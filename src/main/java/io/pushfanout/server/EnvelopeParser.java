package io.pushfanout.server;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A parser of whole envelopes, which copies the bytes of their requests alone. */
final class EnvelopeParser {
  /** The next envelope of a stream of published messages. */
  sealed interface PublishItem {
    /** An envelope; its request is not checked. */
    final class Message implements PublishItem {
      private final Rpc rpc;
      private final byte[] request;
      private final String id;
      private final List<String> via;
      private final @Nullable String traceparent;

      Message(Rpc rpc, byte[] request, String id, List<String> via, @Nullable String traceparent) {
        this.rpc = rpc;
        this.request = request;
        this.id = id;
        this.via = via;
        this.traceparent = traceparent;
      }

      Rpc rpc() {
        return rpc;
      }

      /** Returns the bytes of the request, which are never changed. */
      byte[] request() {
        return request;
      }

      /** Returns the message's id; empty without one. */
      String id() {
        return id;
      }

      /** Returns the processes that the message has gone through. */
      List<String> via() {
        return via;
      }

      /** Returns the message's place in a trace, not checked; null without one. */
      @Nullable String traceparent() {
        return traceparent;
      }
    }

    /** An envelope that is answered by a refusal. */
    record Refused(CallStatus status) implements PublishItem {}
  }

  private final int maxMessageSize;
  private final CallStatus tooLarge;

  /**
   * @param maxMessageSize bytes of the largest message
   * @param tooLarge the refusal of an envelope with a larger message
   */
  EnvelopeParser(int maxMessageSize, CallStatus tooLarge) {
    this.maxMessageSize = maxMessageSize;
    this.tooLarge = tooLarge;
  }

  PublishItem parse(ByteBuf whole) {
    try {
      PublishItem item = parse(CodedInputStream.newInstance(whole.nioBuffer()));
      return item instanceof PublishItem.Message message
              && message.request().length > maxMessageSize
          ? refusedAsTooLarge()
          : item;
    } catch (IOException _) {
      return refused("the bytes do not parse as Envelope");
    }
  }

  PublishItem refusedAsTooLarge() {
    return new PublishItem.Refused(tooLarge);
  }

  private static PublishItem parse(CodedInputStream in) throws IOException {
    Rpc rpc = null;
    byte[] request = new byte[0];
    String id = "";
    List<String> via = List.of();
    String traceparent = null;
    for (int field = in.readTag(); field != 0; field = in.readTag()) {
      if (isText(field, Envelope.BROADCAST_FIELD_NUMBER)) {
        rpc = Rpc.BROADCAST;
        request = in.readByteArray();
      } else if (isText(field, Envelope.BROADCAST_TO_ROOM_FIELD_NUMBER)) {
        rpc = Rpc.BROADCAST_TO_ROOM;
        request = in.readByteArray();
      } else if (isText(field, Envelope.MESSAGE_ID_FIELD_NUMBER)) {
        id = in.readStringRequireUtf8();
      } else if (isText(field, Envelope.VIA_FIELD_NUMBER)) {
        via = via.isEmpty() ? new ArrayList<>() : via;
        via.add(in.readStringRequireUtf8());
      } else if (isText(field, Envelope.TRACEPARENT_FIELD_NUMBER)) {
        traceparent = in.readStringRequireUtf8();
      } else if (!in.skipField(field)) {
        return refused("the bytes do not parse as Envelope");
      }
    }
    return rpc == null
        ? refused("the envelope has no request: broadcast or broadcast_to_room")
        : new PublishItem.Message(rpc, request, id, via, traceparent);
  }

  private static boolean isText(int field, int number) {
    return field == (number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
  }

  private static PublishItem refused(String why) {
    return new PublishItem.Refused(CallStatus.of(StatusCode.INVALID_ARGUMENT, why));
  }
}
