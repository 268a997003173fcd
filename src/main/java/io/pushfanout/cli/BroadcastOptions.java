package io.pushfanout.cli;

import io.pushfanout.client.ClientTls;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.UsageException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options of one broadcast.
 *
 * @param to fan-out server
 * @param tls TLS to the server; null: plaintext
 * @param room room whose subscribers get the message; null: every user
 * @param ver version in the message
 * @param op op in the message
 * @param seq sequence number in the message
 * @param target {@code all} or the name of a fanout; null: the server's default
 * @param nodes nodes of the target that get the message; empty: all of them
 * @param receipt whether the reply waits for the ends of the deliveries
 * @param id id of the message; null: none
 * @param timeout time to wait for the reply
 * @param body bytes of the message
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
    boolean receipt,
    @Nullable String id,
    Duration timeout,
    byte[] body) {
  static final String NODES = "--nodes";

  private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,128}");

  /** Nodes per call that a server accepts at most. */
  private static final int NODES_MAX = 1000;

  /**
   * Checks the values and drops repeated nodes.
   *
   * @throws UsageException with the flag of an invalid value
   */
  BroadcastOptions {
    if (room != null && room.isEmpty()) {
      throw new UsageException("--room", "must not be empty; leave it out to reach every user");
    }
    nodes = nodes.stream().distinct().toList();
    if (nodes.size() > NODES_MAX) {
      throw new UsageException(NODES, "may be given at most " + NODES_MAX + " times");
    }
    if (id != null && !VISIBLE.matcher(id).matches()) {
      throw new UsageException("--id", "must be 1 to 128 visible ASCII characters");
    }
    if (timeout.isZero()) {
      throw new UsageException("--timeout", "must be at least 1ms, is 0s");
    }
  }
}
