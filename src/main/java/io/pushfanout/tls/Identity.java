package io.pushfanout.tls;

import io.pushfanout.files.FileException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Who we are: a chain of certificates, ours first, and its key. */
record Identity(List<X509Certificate> chain, PrivateKey key) {
  private static final byte[] ANYTHING = new byte[32];

  /**
   * @throws FileException when one of both is no good, or they do not belong together
   */
  static Identity of(PemFile certificate, PemFile key) throws FileException {
    Identity identity = new Identity(certificate.certificates(), key.key());
    if (!fits(identity.key, identity.certificate().getPublicKey())) {
      throw new FileException(
          key.path(), "is not the key of the first certificate in " + certificate.path());
    }
    return identity;
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /** When the first of the chain ends: from then on others refuse it. */
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
      // Such as a key of one kind and a certificate of another.
      return false;
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Identity[" + certificate().getSubjectX500Principal() + "]";
  }
}
