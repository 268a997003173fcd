package io.pushfanout.connect;

import java.time.Duration;

/**
 * What tests set otherwise; no setting of the program.
 *
 * @param connectTimeout for the look-up of a name, and after it for TCP and the node's SETTINGS
 * @param callsPerConnection after so many a new connection is made. HTTP/2 has 2^30 stream ids for
 *     a client, and one cannot be used twice
 * @param remembersHeaders whether header blocks that come again are not coded again
 */
record ConnectOptions(
    Duration connectTimeout,
    KeepAliveConfig keepAlive,
    int callsPerConnection,
    boolean remembersHeaders) {
  static final ConnectOptions DEFAULT =
      new ConnectOptions(Duration.ofSeconds(10), KeepAliveConfig.DEFAULT, 1_000_000_000, true);
}
