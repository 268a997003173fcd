package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.base.Splitter;
import io.grpc.util.CertificateUtils;
import io.pushfanout.files.FileException;
import io.pushfanout.files.SmallFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What one file held when it was read.
 *
 * @param text each byte of it as a character
 */
record PemFile(Path path, String text) {
  static PemFile of(SmallFile file) {
    return new PemFile(file.path(), file.text(ISO_8859_1));
  }

  /**
   * At least one.
   *
   * @throws FileException when there is none, or something that is none
   */
  List<X509Certificate> certificates() throws FileException {
    if (!has("CERTIFICATE")) {
      throw new FileException(path, "holds no PEM certificate");
    }
    try {
      X509Certificate[] certificates = CertificateUtils.getX509Certificates(bytes());
      // The JDK passes over a last one that is cut off.
      if (certificates.length == begun("CERTIFICATE")) {
        return List.of(certificates);
      }
    } catch (CertificateException e) {
      throw new FileException(path, "holds a broken certificate", e);
    }
    throw new FileException(path, "holds a broken certificate");
  }

  /**
   * @throws FileException when there is none in PKCS #8
   */
  PrivateKey key() throws FileException {
    if (has("ENCRYPTED PRIVATE KEY")) {
      throw new FileException(path, "the key is encrypted, and there is nobody to ask");
    }
    if (has("RSA PRIVATE KEY") || has("EC PRIVATE KEY")) {
      throw new FileException(
          path, "the key is not in PKCS #8; convert it with: openssl pkcs8 -topk8 -nocrypt");
    }
    if (!has("PRIVATE KEY")) {
      throw new FileException(path, "holds no PEM private key");
    }
    try {
      return CertificateUtils.getPrivateKey(bytes());
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw new FileException(path, "holds a broken key, or one that is neither RSA nor EC", e);
    }
  }

  private boolean has(String kind) {
    return begun(kind) > 0;
  }

  /** How many PEM texts of a kind begin here. */
  private int begun(String kind) {
    return Splitter.on("-----BEGIN " + kind + "-----").splitToList(text).size() - 1;
  }

  private InputStream bytes() {
    return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
  }

  /** Without what it holds, which may be a key. */
  @Override
  public String toString() {
    return "PemFile[" + path + "]";
  }
}
