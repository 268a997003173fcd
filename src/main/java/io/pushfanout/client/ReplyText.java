package io.pushfanout.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.text.Printable;
import java.util.stream.Collectors;

/** A formatter of replies, as text or as JSON. */
public final class ReplyText {
  /** Printer that uses the field names of the proto file and prints counts of 0. */
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().preservingProtoFieldNames().alwaysPrintFieldsWithNoPresence();

  /** Maximum characters of one text; PushFanout's texts are shorter, but any server may reply. */
  private static final int MAX_CHARS = 300;

  private ReplyText() {}

  /**
   * Returns one line, and a second one with the nodes that dropped the message, if there are any.
   */
  public static String text(BroadCastReply reply) {
    StringBuilder text = new StringBuilder(shown(reply.getMsg()));
    if (!reply.getDesc().isEmpty()) {
      text.append(": ").append(shown(reply.getDesc()));
    }
    int named = reply.getDroppedNodesCount();
    if (named > 0) {
      text.append("\ndropped by ")
          .append(
              reply.getDroppedNodesList().stream()
                  .map(ReplyText::shown)
                  .collect(Collectors.joining(", ")));
      if (reply.getDropped() > named) {
        text.append(" and %d more".formatted(reply.getDropped() - named));
      }
    }
    return text.toString();
  }

  /** Returns the same, and a line with the ends of the deliveries that a receipt counts. */
  public static String receipt(BroadCastReply reply) {
    return "%s\n%d delivered, %d failed, %d pending"
        .formatted(text(reply), reply.getDelivered(), reply.getFailed(), reply.getPending());
  }

  private static String shown(String text) {
    return Printable.line(text, MAX_CHARS);
  }

  /** Returns Protobuf JSON with proto field names, safe to print to a terminal. */
  public static String json(BroadCastReply reply) {
    try {
      return Printable.json(JSON.print(reply));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a reply has no Any, which alone can fail to print", e);
    }
  }
}
