package io.pushfanout.server;

import io.pushfanout.model.SettingException;
import io.pushfanout.server.guard.Limits;

/**
 * The address that the server listens on, and its limits.
 *
 * @param bind host name or IP literal of the interface to listen on
 * @param port 0 picks a free one
 */
public record ServerOptions(String bind, int port, Limits limits) {
  public static final int DEFAULT_PORT = 50053;

  /**
   * @throws SettingException when a value is out of bounds; names its flag
   */
  public ServerOptions {
    if (port < 0 || port > 65535) {
      throw new SettingException("--grpc-port", "must be from 0 to 65535, is " + port);
    }
  }
}
