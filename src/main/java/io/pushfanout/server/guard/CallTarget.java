package io.pushfanout.server.guard;

import com.google.common.base.CharMatcher;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.MessageMetadata;
import io.pushfanout.model.NodeAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A reader of a call's target, wait, message id and trace, as the call's metadata names them. */
public final class CallTarget {
  /** Key of the metadata that names the target. */
  public static final String TARGET = "pushfanout-target";

  /** Key of the metadata that narrows the target. */
  public static final String NODES = "pushfanout-nodes";

  /** Key of the metadata that asks for a receipt. */
  public static final String WAIT = "pushfanout-wait";

  private static final String DELIVERED = "delivered";
  private static final String MESSAGE_ID = MessageMetadata.MESSAGE_ID;
  private static final int MESSAGE_ID_MAX = MessageMetadata.MAX_LENGTH;
  private static final CharMatcher VISIBLE = CharMatcher.inRange('!', '~');

  /** Entries in {@code pushfanout-nodes}: ten times the nodes that a reply names. */
  private static final int NODES_MAX = 1000;

  /**
   * Bytes of {@code pushfanout-nodes}, whose entries are parsed on an event loop that deliveries
   * share. Room for the 100 nodes of a reply with the longest host names (26 KiB), or for {@link
   * #NODES_MAX} IPv4 addresses.
   */
  private static final int NODES_MAX_BYTES = 32 << 10;

  private CallTarget() {}

  /**
   * Returns the target.
   *
   * @throws InvalidCall when the target is malformed; names its key
   */
  public static Target target(CallMetadata metadata) throws InvalidCall {
    List<String> values = metadata.all(TARGET);
    if (values.isEmpty()) {
      return new Target.Unnamed();
    }
    if (values.size() > 1) {
      throw new InvalidCall(metadata.shown(TARGET) + ": given more than once");
    }
    String value = values.getFirst();
    if (value.equals("all")) {
      return new Target.All();
    }
    try {
      return new Target.Named(FanoutName.parse(value));
    } catch (IllegalArgumentException _) {
      throw new InvalidCall(
          metadata.shown(TARGET) + ": must be <namespace>/<name> of a fanout, or all");
    }
  }

  /** Returns the target as the metadata names it, malformed or not; null without one. */
  public static @Nullable String text(CallMetadata metadata) {
    return metadata.last(TARGET);
  }

  /**
   * Returns the rest of a refusal that names the missing target; empty for a call with a target.
   */
  public static String hint(Target target) {
    return target instanceof Target.Unnamed
        ? ", which a call needs that names no target by --target, the metadata pushfanout-target"
        : "";
  }

  /**
   * Returns the nodes that narrow the target; null without any.
   *
   * @throws InvalidCall when an entry is malformed; names its key
   */
  public static @Nullable Set<NodeAddress> nodes(CallMetadata metadata) throws InvalidCall {
    List<String> values = metadata.all(NODES);
    if (values.isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw new InvalidCall(
          metadata.shown(NODES) + ": given more than once; commas separate entries");
    }
    String value = values.getFirst();
    if (value.length() > NODES_MAX_BYTES) {
      throw new InvalidCall(metadata.shown(NODES) + ": longer than " + NODES_MAX_BYTES + " bytes");
    }
    if (CharMatcher.is(',').countIn(value) >= NODES_MAX) {
      throw new InvalidCall(metadata.shown(NODES) + ": more than " + NODES_MAX + " entries");
    }
    Set<NodeAddress> nodes = new LinkedHashSet<>();
    for (String entry : value.split(",", -1)) {
      nodes.add(node(metadata.shown(NODES), entry.strip()));
    }
    return nodes;
  }

  /**
   * Returns whether the caller waits for the ends of its deliveries.
   *
   * @throws InvalidCall when the value is another than the known one; names its key
   */
  public static boolean waitsForReceipt(CallMetadata metadata) throws InvalidCall {
    List<String> values = metadata.all(WAIT);
    if (values.isEmpty()) {
      return false;
    }
    if (values.size() > 1) {
      throw new InvalidCall(metadata.shown(WAIT) + ": given more than once");
    }
    if (!values.getFirst().equals(DELIVERED)) {
      throw new InvalidCall(metadata.shown(WAIT) + ": must be " + DELIVERED);
    }
    return true;
  }

  /**
   * Returns the message's id; null without one.
   *
   * @throws InvalidCall when the id is malformed; names its key
   */
  public static @Nullable String messageId(CallMetadata metadata) throws InvalidCall {
    List<String> values = metadata.all(MESSAGE_ID);
    if (values.isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw new InvalidCall(metadata.shown(MESSAGE_ID) + ": given more than once");
    }
    return checkedId(metadata.shown(MESSAGE_ID), values.getFirst());
  }

  /**
   * Returns the id of a message.
   *
   * @param shown the name of its field
   * @throws InvalidCall when the id is malformed; names its field
   */
  public static String checkedId(String shown, String id) throws InvalidCall {
    if (id.isEmpty() || id.length() > MESSAGE_ID_MAX || !VISIBLE.matchesAllOf(id)) {
      throw new InvalidCall(
          shown + ": must be 1 to " + MESSAGE_ID_MAX + " visible ASCII characters");
    }
    return id;
  }

  /** Returns {@code traceparent} as received; null without one, or with several. */
  public static @Nullable String traceparent(CallMetadata metadata) {
    List<String> values = metadata.all(MessageMetadata.TRACEPARENT);
    return values.size() == 1 ? values.getFirst() : null;
  }

  private static NodeAddress node(String shown, String entry) throws InvalidCall {
    if (entry.isEmpty()) {
      throw new InvalidCall(shown + ": an entry is empty; entries are host:port");
    }
    try {
      return NodeAddress.parse(entry);
    } catch (IllegalArgumentException e) {
      throw new InvalidCall(shown + ": " + e.getMessage());
    }
  }

  /** A call that can never succeed; the message is one line that names the fault. */
  public static final class InvalidCall extends Exception {
    public InvalidCall(String message) {
      // No stack trace: the exception is a reply to a caller, and a caller may cause very many.
      super(message, null, false, false);
    }
  }
}
