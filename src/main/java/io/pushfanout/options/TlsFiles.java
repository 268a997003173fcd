package io.pushfanout.options;

import io.pushfanout.reload.FileException;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import java.nio.file.Path;

/**
 * The TLS files of a port; errors name the flag of the invalid file.
 *
 * @param caFlag the flag of the CA file
 */
public record TlsFiles(PemFiles files, String caFlag) {
  public static final String CRL_FLAG = "--tls-client-crl";

  /**
   * Reads the files and follows them from then on.
   *
   * @throws UsageException with the flag of a file that cannot be used
   */
  public ReloadingTlsContext open() {
    try {
      return ReloadingTlsContext.open(files);
    } catch (FileException e) {
      throw new UsageException(flag(e.file()), String.valueOf(e.getMessage()));
    }
  }

  private String flag(Path file) {
    if (file.equals(files.certificate())) {
      return "--tls-cert";
    }
    if (file.equals(files.crl())) {
      return CRL_FLAG;
    }
    return file.equals(files.key()) ? "--tls-key" : caFlag;
  }
}
