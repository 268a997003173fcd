package io.pushfanout.conformance;

import io.pushfanout.client.ClientTls;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.UsageException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of a check.
 *
 * @param node node to check
 * @param tls TLS to the node; null: plaintext
 * @param room room of all messages
 * @param body beginning of each message's body
 * @param timeout time limit of one rule
 * @param required services that the node must have
 */
public record CheckOptions(
    NodeAddress node,
    @Nullable ClientTls tls,
    String room,
    String body,
    Duration timeout,
    Set<OptionalService> required) {
  private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);

  /** Rules' time limits that a whole check may take. */
  private static final int LIMITS_OF_ALL = 6;

  /**
   * @throws UsageException with the flag of an invalid value
   */
  public CheckOptions {
    if (room.isEmpty()) {
      throw new UsageException("--room", "must not be empty");
    }
    if (timeout.isZero() || timeout.compareTo(TIMEOUT_MAX) > 0) {
      throw new UsageException("--timeout", "must be from 1ms to 10m");
    }
    required = Set.copyOf(required);
  }

  /** Returns the time limit of the whole check. */
  Duration limit() {
    return timeout.multipliedBy(LIMITS_OF_ALL);
  }
}
