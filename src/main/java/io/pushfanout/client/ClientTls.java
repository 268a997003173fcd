package io.pushfanout.client;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.tls.ReloadingTlsContext;
import org.jspecify.annotations.Nullable;

/**
 * The TLS options of a command.
 *
 * @param serverName the name that the server's certificate must be for; null: the dialled host
 */
public record ClientTls(TlsFiles files, @Nullable String serverName) {
  /**
   * @throws UsageException when the name is not a host name
   */
  public ClientTls {
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
   * @return null without TLS; to be closed
   * @throws UsageException names the flag of an unusable file
   */
  public static @Nullable ReloadingTlsContext open(@Nullable ClientTls tls) {
    return tls == null ? null : tls.files.open();
  }

  public static @Nullable CallerTls with(
      @Nullable ReloadingTlsContext live, @Nullable ClientTls tls) {
    return live == null || tls == null ? null : new CallerTls(live, tls.serverName);
  }

  /**
   * The TLS settings of a connection to a server.
   *
   * @param live trusted CAs, and the client certificate for servers that request one; its owner
   *     closes it
   * @param serverName the name that the server's certificate must be for; null: the dialled host
   */
  public record CallerTls(ReloadingTlsContext live, @Nullable String serverName) {}
}
