package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.base.CharMatcher;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PEM text (RFC 7468) of certificates, keys and revocation lists in any order. Text between them
 * is skipped, as are lines with a # before them, blanks, line ends of any system and a byte order
 * mark.
 *
 * @param text each byte of the text as a character
 */
public record PemText(String text) {
  /** A refusal of a PEM text; the message is one line, and never quotes the text. */
  public static final class PemException extends Exception {
    private final String problem;

    PemException(String problem) {
      this(problem, null);
    }

    PemException(String problem, @Nullable Throwable cause) {
      super(problem, cause);
      this.problem = problem;
    }

    /** Returns the message, to follow a name of the text. */
    public String problem() {
      return problem;
    }
  }

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private static final CharMatcher LINE_END = CharMatcher.anyOf("\r\n");

  /** Characters without meaning: blanks, and the bytes of a byte order mark. */
  private static final CharMatcher NOTHING =
      CharMatcher.whitespace().or(CharMatcher.anyOf("\u00ef\u00bb\u00bf"));

  /** Returns the text of a file or of a field. */
  public static PemText of(byte[] bytes) {
    return new PemText(new String(bytes, ISO_8859_1));
  }

  /**
   * Returns the certificates, at least one.
   *
   * @throws PemException when there is none, or one cannot be read
   */
  public List<X509Certificate> certificates() throws PemException {
    if (!has("CERTIFICATE")) {
      throw new PemException("holds no PEM certificate");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (byte[] one : contents("CERTIFICATE")) {
        certificates.add(
            (X509Certificate) x509().generateCertificate(new ByteArrayInputStream(one)));
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw new PemException("holds a broken certificate", e);
    }
    return certificates;
  }

  /**
   * Returns the revocation lists, at least one.
   *
   * @throws PemException when there is none, or one cannot be read
   */
  List<X509CRL> revocationLists() throws PemException {
    if (!has("X509 CRL")) {
      throw new PemException("holds no PEM certificate revocation list (X509 CRL)");
    }
    List<X509CRL> lists = new ArrayList<>();
    try {
      for (byte[] one : contents("X509 CRL")) {
        lists.add((X509CRL) x509().generateCRL(new ByteArrayInputStream(one)));
      }
    } catch (CRLException | CertificateException | IllegalArgumentException e) {
      throw new PemException("holds a broken certificate revocation list", e);
    }
    return lists;
  }

  private static CertificateFactory x509() throws CertificateException {
    return CertificateFactory.getInstance("X.509");
  }

  /**
   * Returns the first key in PKCS #8, else the first as older programs write it.
   *
   * @throws PemException when there is none
   */
  public PrivateKey key() throws PemException {
    if (has("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
      throw new PemException("the key is encrypted, and this server has no passphrase for it");
    }
    try {
      if (has("PRIVATE KEY")) {
        return pkcs8(contents("PRIVATE KEY").getFirst());
      }
      if (has("RSA PRIVATE KEY")) {
        return LegacyPrivateKeys.rsa(contents("RSA PRIVATE KEY").getFirst());
      }
      if (has("EC PRIVATE KEY")) {
        return LegacyPrivateKeys.ec(contents("EC PRIVATE KEY").getFirst());
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new PemException("holds a broken key, or one that is neither RSA nor EC", e);
    }
    throw new PemException("holds no PEM private key");
  }

  private static PrivateKey pkcs8(byte[] key) throws GeneralSecurityException {
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(key);
    try {
      return KeyFactory.getInstance("RSA").generatePrivate(encoded);
    } catch (InvalidKeySpecException _) {
      return KeyFactory.getInstance("EC").generatePrivate(encoded);
    }
  }

  private boolean has(String kind) {
    return begun(kind, 0) >= 0;
  }

  /**
   * Returns the contents of the PEM texts of a kind.
   *
   * @throws IllegalArgumentException when a text has no end, or is not base64
   */
  private List<byte[]> contents(String kind) {
    List<byte[]> contents = new ArrayList<>();
    for (int begin = begun(kind, 0); begin >= 0; begin = begun(kind, begin)) {
      int end = text.indexOf(END + kind + DASHES, begin);
      if (end < 0) {
        throw new IllegalArgumentException("cut off");
      }
      String base64 = CharMatcher.whitespace().removeFrom(text.substring(begin, end));
      contents.add(Base64.getDecoder().decode(base64));
      begin = end;
    }
    return contents;
  }

  /** Returns the index of the next text's content; below zero where there is none. */
  private int begun(String kind, int from) {
    String label = BEGIN + kind + DASHES;
    int at = text.indexOf(label, from);
    while (at >= 0 && isComment(at)) {
      int end = LINE_END.indexIn(text, at);
      at = end < 0 ? end : text.indexOf(label, end);
    }
    return at < 0 ? at : at + label.length();
  }

  private boolean isComment(int at) {
    int begin = at;
    while (begin > 0 && !LINE_END.matches(text.charAt(begin - 1))) {
      begin--;
    }
    return NOTHING.trimLeadingFrom(text.substring(begin, at)).startsWith("#");
  }

  /** Returns the name of the type, without the content, which may be a key. */
  @Override
  public String toString() {
    return "PemText";
  }
}
