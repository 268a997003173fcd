package io.pushfanout.app;

import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast to send.
 *
 * @param to the fan-out server
 * @param tls null: none
 * @param room whose subscribers get it; null is every user
 * @param op as the message carries it
 * @param target {@code all} or a fanout's name; null leaves it to the server
 * @param timeout how long to wait for the answer
 * @param body as the message carries it
 */
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record BroadcastOptions(
    NodeAddress to,
    @Nullable ClientTls tls,
    @Nullable String room,
    int op,
    @Nullable String target,
    Duration timeout,
    byte[] body) {
  /**
   * @throws UsageException names the flag of a value that cannot be
   */
  BroadcastOptions {
    if (room != null && room.isEmpty()) {
      throw new UsageException("--room", "must not be empty; leave it out to reach every user");
    }
    if (timeout.isZero()) {
      throw new UsageException("--timeout", "must be at least 1ms, is 0s");
    }
  }
}
