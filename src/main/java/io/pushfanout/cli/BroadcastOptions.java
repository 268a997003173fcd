package io.pushfanout.cli;

import io.pushfanout.client.ClientTls;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.UsageException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast to send.
 *
 * @param to the fan-out server
 * @param tls null: none
 * @param room whose subscribers get it; null is every user
 * @param ver as the message carries it
 * @param op as the message carries it
 * @param seq as the message carries it
 * @param target {@code all} or a fanout's name; null leaves it to the server
 * @param nodes narrows the target to these; none: all of its nodes
 * @param timeout how long to wait for the answer
 * @param body as the message carries it
 */
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record BroadcastOptions(
    NodeAddress to,
    @Nullable ClientTls tls,
    @Nullable String room,
    int ver,
    int op,
    int seq,
    @Nullable String target,
    List<NodeAddress> nodes,
    Duration timeout,
    byte[] body) {
  static final String NODES = "--nodes";

  /** Of a server, for one call. */
  private static final int NODES_MAX = 1000;

  /**
   * @throws UsageException names the flag of a value that cannot be
   */
  BroadcastOptions {
    if (room != null && room.isEmpty()) {
      throw new UsageException("--room", "must not be empty; leave it out to reach every user");
    }
    nodes = nodes.stream().distinct().toList();
    if (nodes.size() > NODES_MAX) {
      throw new UsageException(NODES, "may be given at most " + NODES_MAX + " times");
    }
    if (timeout.isZero()) {
      throw new UsageException("--timeout", "must be at least 1ms, is 0s");
    }
  }
}
