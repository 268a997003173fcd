package io.pushfanout.server;

import io.pushfanout.model.SettingException;
import io.pushfanout.model.SpecBytes;

/**
 * Where the server listens and what it takes.
 *
 * @param bind host name or IP literal of the interface to listen on
 * @param port 0 picks a free one
 * @param maxMessageSize bytes of the largest request that is taken, after decompression
 */
public record ServerOptions(String bind, int port, int maxMessageSize) {
  public static final int DEFAULT_PORT = 50053;
  public static final int DEFAULT_MAX_MESSAGE_SIZE = 4 << 20;
  public static final int MAX_MESSAGE_SIZE_MIN = 1 << 10;
  public static final int MAX_MESSAGE_SIZE_MAX = 100 << 20;

  /** Where a user sets {@link #maxMessageSize}; errors name it. */
  static final String MAX_MESSAGE_SIZE_FLAG = "--max-message-size";

  /**
   * @throws SettingException when a value is out of bounds; names its flag
   */
  public ServerOptions {
    if (port < 0 || port > 65535) {
      throw new SettingException("--grpc-port", "must be from 0 to 65535, is " + port);
    }
    checkedMessageSize(maxMessageSize);
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
