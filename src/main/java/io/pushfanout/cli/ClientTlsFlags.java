package io.pushfanout.cli;

import io.pushfanout.client.ClientTls;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.tls.PemFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags for TLS to a server, shared by all commands that call one. */
final class ClientTlsFlags {
  @Option(names = "--tls", description = "Speak TLS to the server; the others of these imply it.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "PEM authorities of the server's certificate, instead of the JDK's.")
  private @Nullable Path ca;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "The PEM certificate to present to a server that requires one.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, PEM.")
  private @Nullable Path key;

  @Option(
      names = "--tls-server-name",
      paramLabel = "NAME",
      description = "The name that the server's certificate has to be for (default: its host).")
  private @Nullable String serverName;

  /**
   * Returns the TLS options.
   *
   * @return options; null without TLS
   * @throws UsageException with the flag that is missing
   */
  @Nullable ClientTls tls() {
    if (certificate == null && key != null) {
      throw new UsageException("--tls-key", "needs --tls-cert with it");
    }
    if (certificate != null && key == null) {
      throw new UsageException("--tls-cert", "needs --tls-key with it");
    }
    if (!tls && ca == null && certificate == null && serverName == null) {
      return null;
    }
    return new ClientTls(new TlsFiles(new PemFiles(certificate, key, ca), "--tls-ca"), serverName);
  }
}
