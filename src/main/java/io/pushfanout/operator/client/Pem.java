package io.pushfanout.operator.client;

import io.pushfanout.tls.PemException;
import io.pushfanout.tls.PemText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * Certificates and keys as the client library takes them: base64 of PEM, whatever else was in their
 * text, and in the one form of each that the library reads.
 */
final class Pem {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

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

  static String certificates(byte[] pem, String where) {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate one : PemText.of(pem).certificates()) {
        text.append(written("CERTIFICATE", one.getEncoded()));
      }
    } catch (PemException | CertificateEncodingException e) {
      throw new ClusterException("%s: %s".formatted(where, e.getMessage()), e);
    }
    return encoded(text.toString());
  }

  /**
   * @param where for messages, in which the key never is
   */
  static PrivateKey key(byte[] pem, String where) {
    try {
      return PemText.of(pem).key();
    } catch (PemException e) {
      throw new ClusterException("%s: %s".formatted(where, e.problem()), e);
    }
  }

  /** In PKCS #8. */
  static String encoded(PrivateKey key) {
    return encoded(written("PRIVATE KEY", key.getEncoded()));
  }

  private static String written(String kind, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, LINES.encodeToString(der), kind);
  }

  private static String encoded(String pem) {
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] decoded(String data, String field) {
    try {
      return Base64.getMimeDecoder().decode(data);
    } catch (IllegalArgumentException e) {
      throw new ClusterException(field + ": is no base64", e);
    }
  }
}
