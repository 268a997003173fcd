package io.pushfanout.app;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.SpecBytes;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server is told at its start; bad values never get further than here.
 *
 * @param bind the host of all ports
 * @param grpcPort from 0 to 65535, 0 picks a free one
 * @param httpPort likewise
 * @param nodes the connect-nodes, each once, in the order given
 * @param settings of the fanout of those nodes
 * @param defaultTarget the fanout of broadcasts that name none; null leaves it to the caller
 * @param maxMessageSize of a caller's request, in bytes
 * @param shutdownDelay from "not ready" to refusing broadcasts
 * @param shutdownTimeout how long all queues together may take to drain
 * @param replicaName this process among its replicas
 */
record ServeOptions(
    String bind,
    int grpcPort,
    int httpPort,
    List<NodeAddress> nodes,
    FanoutSettings settings,
    @Nullable FanoutName defaultTarget,
    int maxMessageSize,
    Duration shutdownDelay,
    Duration shutdownTimeout,
    String replicaName) {
  static final long MAX_MESSAGE_SIZE_MIN = 1L << 10;
  static final long MAX_MESSAGE_SIZE_MAX = 100L << 20;

  /**
   * @throws UsageException names the flag of a value that cannot be
   */
  ServeOptions {
    nodes = List.copyOf(new LinkedHashSet<>(nodes));
    if (nodes.isEmpty()) {
      throw new UsageException(
          "--node", "is needed, at least once; this version has no other way to find nodes");
    }
    if (maxMessageSize < MAX_MESSAGE_SIZE_MIN || maxMessageSize > MAX_MESSAGE_SIZE_MAX) {
      throw messageSizeOutOfBounds(maxMessageSize);
    }
  }

  /**
   * The size as the record holds it.
   *
   * @throws UsageException when it is out of bounds, which a size that is no int always is
   */
  static int maxMessageSize(ByteSize size) {
    if (size.bytes() > MAX_MESSAGE_SIZE_MAX) {
      throw messageSizeOutOfBounds(size.bytes());
    }
    return (int) size.bytes();
  }

  private static UsageException messageSizeOutOfBounds(long bytes) {
    return new UsageException(
        "--max-message-size",
        "must be from %s to %s, is %s"
            .formatted(
                SpecBytes.format(MAX_MESSAGE_SIZE_MIN),
                SpecBytes.format(MAX_MESSAGE_SIZE_MAX),
                SpecBytes.format(bytes)));
  }
}
