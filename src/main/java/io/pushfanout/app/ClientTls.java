package io.pushfanout.app;

import io.pushfanout.caller.CallerTls;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.tls.LiveTls;
import org.jspecify.annotations.Nullable;

/**
 * How a command speaks TLS to a server.
 *
 * @param serverName whom the server's certificate has to be for; null: the host that is dialled
 */
record ClientTls(TlsFiles files, @Nullable String serverName) {
  /**
   * @throws UsageException when the name is none
   */
  ClientTls {
    if (serverName != null) {
      try {
        serverName = new NodeAddress(serverName, 1).host();
      } catch (IllegalArgumentException e) {
        throw new UsageException("--tls-server-name", String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * Reads the files.
   *
   * @return null where there is no TLS; to be closed
   * @throws UsageException names the flag of a file that cannot be used
   */
  static @Nullable LiveTls open(@Nullable ClientTls tls) {
    return tls == null ? null : tls.files.open();
  }

  static @Nullable CallerTls with(@Nullable LiveTls live, @Nullable ClientTls tls) {
    return live == null || tls == null ? null : new CallerTls(live, tls.serverName);
  }
}
