package io.pushfanout.server;

import io.pushfanout.model.SettingException;
import io.pushfanout.model.SpecBytes;
import io.pushfanout.model.SpecDuration;
import java.time.Duration;

/**
 * What the server takes from its callers.
 *
 * @param maxMessageSize bytes of the largest request that is taken, after decompression
 * @param maxConnectionAge when a connection is asked to go, so that its caller comes back and may
 *     find another replica; zero is never
 */
public record Limits(int maxMessageSize, Duration maxConnectionAge) {
  public static final int DEFAULT_MAX_MESSAGE_SIZE = 4 << 20;
  public static final int MAX_MESSAGE_SIZE_MIN = 1 << 10;
  public static final int MAX_MESSAGE_SIZE_MAX = 100 << 20;

  /** Below it, gRPC would take one second all the same. */
  private static final Duration MAX_CONNECTION_AGE_MIN = Duration.ofSeconds(1);

  private static final Duration MAX_CONNECTION_AGE_MAX = Duration.ofHours(24);

  public static final Limits DEFAULT = new Limits(DEFAULT_MAX_MESSAGE_SIZE, Duration.ZERO);

  /** Where a user sets {@link #maxMessageSize}; errors name it. */
  static final String MAX_MESSAGE_SIZE_FLAG = "--max-message-size";

  /**
   * @throws SettingException when a value is out of bounds; names its flag
   */
  public Limits {
    checkedMessageSize(maxMessageSize);
    if (!maxConnectionAge.isZero()
        && (maxConnectionAge.compareTo(MAX_CONNECTION_AGE_MIN) < 0
            || maxConnectionAge.compareTo(MAX_CONNECTION_AGE_MAX) > 0)) {
      throw new SettingException(
          "--max-connection-age",
          "must be 0s (off) or from %s to %s, is %s"
              .formatted(
                  SpecDuration.format(MAX_CONNECTION_AGE_MIN),
                  SpecDuration.format(MAX_CONNECTION_AGE_MAX),
                  SpecDuration.format(maxConnectionAge)));
    }
  }

  /**
   * The size as {@link #maxMessageSize} holds it.
   *
   * @throws SettingException when it is out of bounds; names its flag
   */
  public static int checkedMessageSize(long bytes) {
    if (bytes < MAX_MESSAGE_SIZE_MIN || bytes > MAX_MESSAGE_SIZE_MAX) {
      throw new SettingException(
          MAX_MESSAGE_SIZE_FLAG,
          "must be from %s to %s, is %s"
              .formatted(
                  SpecBytes.format(MAX_MESSAGE_SIZE_MIN),
                  SpecBytes.format(MAX_MESSAGE_SIZE_MAX),
                  SpecBytes.format(bytes)));
    }
    return (int) bytes;
  }
}
