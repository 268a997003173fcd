package io.pushfanout.connect;

import java.time.Duration;

/**
 * The timeouts and limits that only tests override.
 *
 * @param connectTimeout time for the look-up of a name, and again for TCP and the node's SETTINGS
 * @param callsPerConnection calls after which a new connection is made; HTTP/2 has 2^30 stream ids
 *     for a client, and none can be used twice
 * @param remembersHeaders whether repeated header blocks are cached, not coded again
 */
record ConnectOptions(
    Duration connectTimeout,
    KeepAliveConfig keepAlive,
    int callsPerConnection,
    boolean remembersHeaders) {
  static final ConnectOptions DEFAULT =
      new ConnectOptions(Duration.ofSeconds(10), KeepAliveConfig.DEFAULT, 1_000_000_000, true);
}
