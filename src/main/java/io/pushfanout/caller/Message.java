package io.pushfanout.caller;

import com.google.protobuf.ByteString;
import io.pushfanout.model.NodeAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to broadcast, and to whom.
 *
 * @param room null is every user
 * @param op the message's {@code op}, which only the users' side understands
 * @param target {@code <namespace>/<name>} or {@code all}; null leaves it to the server
 * @param nodes narrows the target to these; empty is all of its nodes
 */
public record Message(
    @Nullable String room,
    int op,
    ByteString body,
    @Nullable String target,
    List<NodeAddress> nodes) {
  public Message {
    nodes = List.copyOf(nodes);
  }
}
