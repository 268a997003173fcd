package io.pushfanout.caller;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.pushfanout.protocol.BroadCastReply;

/** A reply for people, or for programs. */
public final class ReplyText {
  /** With the fields of the proto file, and counts of 0 too. */
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().preservingProtoFieldNames().alwaysPrintFieldsWithNoPresence();

  private ReplyText() {}

  /** One line, and one more with the nodes that dropped the message, where there are any. */
  public static String text(BroadCastReply reply) {
    StringBuilder text = new StringBuilder(reply.getMsg());
    if (!reply.getDesc().isEmpty()) {
      text.append(": ").append(reply.getDesc());
    }
    int named = reply.getDroppedNodesCount();
    if (named > 0) {
      text.append("\ndropped by ").append(String.join(", ", reply.getDroppedNodesList()));
      if (reply.getDropped() > named) {
        text.append(" and %d more".formatted(reply.getDropped() - named));
      }
    }
    return text.toString();
  }

  /** Protobuf JSON with proto field names. */
  public static String json(BroadCastReply reply) {
    try {
      return JSON.print(reply);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a reply has no Any, which alone can fail to print", e);
    }
  }
}
