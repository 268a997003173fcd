package io.pushfanout.operator.client;

import io.pushfanout.tls.PemText;
import io.pushfanout.tls.PemText.PemException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * A converter of certificates and keys to the form that the client library reads: base64 of PEM,
 * one PEM form for each kind, without any other text.
 */
final class Pem {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /**
   * Returns the certificates of a file.
   *
   * @param of field or source that names the file
   * @throws ClusterException with the names of the source and the file
   */
  static String certificates(Path file, String of) {
    return certificates(SmallFiles.bytes(file, of), "%s: %s".formatted(of, file));
  }

  /**
   * Returns the certificates of inline data.
   *
   * @param data base64 of PEM
   * @param field field with the data
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
   * Parses a private key.
   *
   * @param where source for messages; messages never contain the key
   */
  static PrivateKey key(byte[] pem, String where) {
    try {
      return PemText.of(pem).key();
    } catch (PemException e) {
      throw new ClusterException("%s: %s".formatted(where, e.problem()), e);
    }
  }

  /** Returns the key as base64 of PKCS #8 PEM. */
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
