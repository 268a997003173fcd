package io.pushfanout.cli;

import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.tls.PemFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags for TLS of a gRPC port, shared by all commands that have one. */
final class ServerTlsFlags {

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "The PEM certificate of the gRPC port, which speaks TLS then; read on change.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, PEM.")
  private @Nullable Path key;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "PEM authorities, of one of which every caller has to show a certificate.")
  private @Nullable Path clientCa;

  @Option(
      names = TlsFiles.CRL_FLAG,
      paramLabel = "FILE",
      description =
          "PEM revocation lists of those authorities, one of each at least; read on change. Revoked"
              + " certificates, and those of an authority whose list is out of date, are refused.")
  private @Nullable Path clientCrl;

  /**
   * Returns the TLS files.
   *
   * @return files; null without a certificate
   * @throws UsageException with the flag that is missing
   */
  @Nullable TlsFiles tls() {
    if (clientCrl != null && clientCa == null) {
      throw new UsageException(TlsFiles.CRL_FLAG, "needs --tls-client-ca with it");
    }
    if (certificate != null && key != null) {
      return new TlsFiles(new PemFiles(certificate, key, clientCa, clientCrl), "--tls-client-ca");
    }
    if (certificate != null) {
      throw new UsageException("--tls-cert", "needs --tls-key with it");
    }
    if (key != null) {
      throw new UsageException("--tls-key", "needs --tls-cert with it");
    }
    if (clientCa != null) {
      throw new UsageException("--tls-client-ca", "needs --tls-cert and --tls-key with it");
    }
    return null;
  }
}
