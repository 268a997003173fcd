package io.pushfanout.tls;

import io.pushfanout.reload.FileException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** The identity of this side: a chain of certificates, its own first, and the key. */
record KeyAndCertificate(List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] ANYTHING = new byte[32];

  /**
   * Reads an identity.
   *
   * @throws FileException when either file cannot be used, or they do not belong together
   */
  static KeyAndCertificate of(PemFile certificate, PemFile key) throws FileException {
    KeyAndCertificate identity =
        new KeyAndCertificate(certificate.read(PemText::certificates), key.read(PemText::key));
    if (!fits(identity.key, identity.certificate().getPublicKey())) {
      throw new FileException(
          key.path(), "is not the key of the first certificate in " + certificate.path());
    }
    return identity;
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Returns the earliest expiry of the chain: other sides refuse it from then on. */
  Instant ends() {
    return chain.stream()
        .map(each -> each.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  private static boolean fits(PrivateKey key, PublicKey certified) {
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(ANYTHING);
      byte[] signature = signing.sign();
      Signature checking = Signature.getInstance(algorithm);
      checking.initVerify(certified);
      checking.update(ANYTHING);
      return checking.verify(signature);
    } catch (GeneralSecurityException _) {
      // For example, a key of one kind and a certificate of another.
      return false;
    }
  }

  /** Returns the subject of the certificate, without the key. */
  @Override
  public String toString() {
    return "KeyAndCertificate[" + certificate().getSubjectX500Principal() + "]";
  }
}
