package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pushfanout.files.FileException;
import io.pushfanout.files.SmallFile;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/** The content of one file when it was read. */
record PemFile(Path path, PemText text) {
  static PemFile of(SmallFile file) {
    return new PemFile(file.path(), new PemText(file.text(ISO_8859_1)));
  }

  /**
   * Returns its certificates, at least one.
   *
   * @throws FileException when there is none, or one cannot be read
   */
  List<X509Certificate> certificates() throws FileException {
    try {
      return text.certificates();
    } catch (PemException e) {
      throw named(e);
    }
  }

  /**
   * Returns its revocation lists, at least one.
   *
   * @throws FileException when there is none, or one cannot be read
   */
  List<X509CRL> revocationLists() throws FileException {
    try {
      return text.revocationLists();
    } catch (PemException e) {
      throw named(e);
    }
  }

  /**
   * Returns its key, in PKCS #8 or as older programs write it.
   *
   * @throws FileException when there is none
   */
  PrivateKey key() throws FileException {
    try {
      return text.key();
    } catch (PemException e) {
      throw named(e);
    }
  }

  private FileException named(PemException e) {
    return new FileException(path, e.problem(), e.getCause());
  }
}
