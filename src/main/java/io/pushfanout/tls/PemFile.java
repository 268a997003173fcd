package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.base.CharMatcher;
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
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
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
   * At least one.
   *
   * @throws FileException when there is none, or something that is none
   */
  List<X509CRL> revocationLists() throws FileException {
    if (!has("X509 CRL")) {
      throw new FileException(path, "holds no PEM certificate revocation list (X509 CRL)");
    }
    List<X509CRL> lists = new ArrayList<>();
    try {
      for (CRL list : CertificateFactory.getInstance("X.509").generateCRLs(bytes())) {
        lists.add((X509CRL) list);
      }
    } catch (CRLException | CertificateException e) {
      throw new FileException(path, "holds a broken certificate revocation list", e);
    }
    if (lists.size() != begun("X509 CRL")) {
      throw new FileException(path, "holds a broken certificate revocation list");
    }
    return lists;
  }

  /**
   * In PKCS #8, or as older programs write it.
   *
   * @throws FileException when there is none
   */
  PrivateKey key() throws FileException {
    if (has("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
      throw new FileException(path, "the key is encrypted, and there is nobody to ask");
    }
    try {
      if (has("PRIVATE KEY")) {
        return CertificateUtils.getPrivateKey(bytes());
      }
      if (has("RSA PRIVATE KEY")) {
        return OlderKeys.rsa(content("RSA PRIVATE KEY"));
      }
      if (has("EC PRIVATE KEY")) {
        return OlderKeys.ec(content("EC PRIVATE KEY"));
      }
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw new FileException(path, "holds a broken key, or one that is neither RSA nor EC", e);
    }
    throw new FileException(path, "holds no PEM private key");
  }

  /** What the first PEM text of a kind holds. */
  private byte[] content(String kind) {
    int begin = text.indexOf("-----BEGIN " + kind + "-----") + kind.length() + 16;
    int end = text.indexOf("-----END " + kind + "-----", begin);
    if (end < 0) {
      throw new IllegalArgumentException("a key that is cut off");
    }
    String base64 = CharMatcher.whitespace().removeFrom(text.substring(begin, end));
    return Base64.getDecoder().decode(base64);
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
