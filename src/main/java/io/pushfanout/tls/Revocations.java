package io.pushfanout.tls;

import io.pushfanout.reload.FileException;
import io.pushfanout.text.Causes;
import io.pushfanout.text.Printable;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The revocations of some authorities, by PKIX (RFC 5280, 6.3). Each authority of a chain must have
 * a list that it signed and that is not out of date, or the chain is refused.
 *
 * <p>From any thread; nothing is fetched from the addresses in a certificate or a list.
 */
final class Revocations {
  private static final int NAME_MAX = 200;

  private final Path file;
  private final Set<TrustAnchor> authorities = new HashSet<>();
  private final List<X509CRL> lists;

  /**
   * @throws FileException when an authority of the file has no list, or only lists with other
   *     signatures: no certificate of that authority could connect
   */
  Revocations(List<X509Certificate> authorities, PemFile file) throws FileException {
    this.file = file.path();
    this.lists = file.read(PemText::revocationLists);
    for (X509CRL list : lists) {
      if (list.getNextUpdate() == null) {
        throw new FileException(file.path(), "holds " + name(list) + " without a next update");
      }
    }
    for (X509Certificate authority : authorities) {
      this.authorities.add(new TrustAnchor(authority, null));
      if (lists.stream().noneMatch(list -> isOf(authority, list))) {
        throw new FileException(
            file.path(),
            "holds no revocation list signed by the authority "
                + Printable.line(authority.getSubjectX500Principal().getName(), NAME_MAX));
      }
    }
  }

  private static boolean isOf(X509Certificate authority, X509CRL list) {
    if (!list.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
      return false;
    }
    try {
      // The JDK caches the result, so that no handshake hashes a long list again.
      list.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /**
   * Checks a chain that is otherwise trusted.
   *
   * @param chain the other side's own certificate first
   * @throws CertificateException when one of the chain is revoked, or its state cannot be
   *     determined
   */
  void check(X509Certificate[] chain) throws CertificateException {
    try {
      X509CertSelector own = new X509CertSelector();
      own.setCertificate(chain[0]);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(authorities, own);
      parameters.addCertStore(store(Arrays.asList(chain)));
      parameters.addCertStore(store(lists));
      // Without a PKIXRevocationChecker, which would fetch the addresses in certificates.
      parameters.setRevocationEnabled(true);
      var _ = CertPathBuilder.getInstance("PKIX").build(parameters);
    } catch (GeneralSecurityException e) {
      throw new CertificateException("revoked, or not known not to be: " + Causes.text(e), e);
    }
  }

  private static CertStore store(List<?> all) throws GeneralSecurityException {
    return CertStore.getInstance("Collection", new CollectionCertStoreParameters(all));
  }

  /** Returns whether a certificate is in its authority's list; quick. */
  boolean isRevoked(X509Certificate certificate) {
    return lists.stream()
        .anyMatch(
            list ->
                list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())
                    && list.isRevoked(certificate));
  }

  /**
   * Returns the lists that are out of date, a line each: no caller of their authorities can
   * connect.
   */
  List<String> problems(Instant now) {
    List<String> problems = new ArrayList<>();
    for (X509CRL list : lists) {
      Date until = list.getNextUpdate();
      boolean over = until.toInstant().isBefore(now);
      if (over || list.getThisUpdate().toInstant().isAfter(now)) {
        problems.add(
            "%s: %s %s; it lets in no certificate of that authority"
                .formatted(
                    Printable.line(file.toString()),
                    name(list),
                    over
                        ? "is out of date since " + until.toInstant()
                        : "is not valid before " + list.getThisUpdate().toInstant()));
      }
    }
    return problems;
  }

  private static String name(X509CRL list) {
    return "the revocation list of "
        + Printable.line(list.getIssuerX500Principal().getName(), NAME_MAX);
  }

  /** Returns the number of revoked certificates, for the log. */
  String count() {
    int revoked =
        lists.stream()
            .mapToInt(
                list ->
                    list.getRevokedCertificates() == null
                        ? 0
                        : list.getRevokedCertificates().size())
            .sum();
    return "%d revoked certificate%s".formatted(revoked, revoked == 1 ? "" : "s");
  }
}
