package io.pushfanout.operator.client;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;

/** Certificates and keys as the client library takes them: base64 of PEM. */
final class Pem {
  private Pem() {}

  /**
   * @param of the field or source that names the file
   * @throws ClusterException names both
   */
  static String certificates(Path file, String of) {
    return certificates(SmallFiles.bytes(file, of), "%s: %s".formatted(of, file));
  }

  /**
   * @param data base64 of PEM
   * @param field that has it
   */
  static String certificates(String data, String field) {
    return certificates(decoded(data, field), field);
  }

  private static String certificates(byte[] pem, String where) {
    try {
      var found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (found.isEmpty()) {
        throw new ClusterException(where + ": holds no certificate");
      }
    } catch (CertificateException e) {
      throw new ClusterException(where + ": holds no certificate that can be read", e);
    }
    return encoded(pem);
  }

  static byte[] decoded(String data, String field) {
    try {
      return Base64.getMimeDecoder().decode(data);
    } catch (IllegalArgumentException e) {
      throw new ClusterException(field + ": is no base64", e);
    }
  }

  static String encoded(byte[] pem) {
    return Base64.getEncoder().encodeToString(pem);
  }
}
