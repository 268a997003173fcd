package io.pushfanout.tools;

import com.google.common.base.Splitter;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.function.UnaryOperator;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate authority of one test. */
public final class Certificates {
  private final Path dir;
  private final Path ca;
  private final X509Bundle authority;

  public record Pair(Path certificate, Path key) {}

  public Certificates(Path dir) {
    this.dir = dir;
    authority = built(days(-1, 365).subject("CN=test ca").setIsCertificateAuthority(true), null);
    ca = dir.resolve("ca.pem");
    write(ca, authority.getCertificatePEM());
  }

  private Certificates(Path dir, X509Bundle issuer) {
    this.dir = dir;
    authority = built(days(-1, 180).subject("CN=between").setIsCertificateAuthority(true), issuer);
    ca = dir.resolve("ca.pem");
    write(ca, authority.getCertificatePEM());
  }

  /** Returns an authority certified by this one; its certificates come with its own behind them. */
  public Certificates between(Path dir) {
    return new Certificates(dir, authority);
  }

  /** Returns the PEM file of the authority's own certificate. */
  public Path ca() {
    return ca;
  }

  /**
   * Issues a certificate to files named after the subject; a second call puts another certificate
   * with another key into them.
   *
   * @param names subject alternative names such as {@code ip:127.0.0.1} or {@code dns:example.com},
   *     or several with commas
   */
  public Pair issue(String subject, String names) {
    return issue(subject, names, builder -> builder);
  }

  /** Issues a certificate that expired yesterday. */
  public Pair issueExpired(String subject, String names) {
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    return issue(
        subject,
        names,
        builder -> builder.notBefore(yesterday.minus(Duration.ofDays(9))).notAfter(yesterday));
  }

  /**
   * @param more further properties of the certificate, such as its own key
   */
  public Pair issue(String subject, String names, UnaryOperator<CertificateBuilder> more) {
    CertificateBuilder builder = days(-1, 90).subject("CN=" + subject);
    for (String name : Splitter.on(',').split(names)) {
      String value = name.substring(name.indexOf(':') + 1);
      switch (name.substring(0, name.indexOf(':'))) {
        case "ip" -> builder.addSanIpAddress(value);
        case "dns" -> builder.addSanDnsName(value);
        case "uri" -> builder.addSanUriName(URI.create(value));
        case "email" -> builder.addSanRfc822Name(value);
        default -> throw new IllegalArgumentException(name);
      }
    }
    X509Bundle issued = built(more.apply(builder), authority);
    Pair pair = new Pair(dir.resolve(subject + ".pem"), dir.resolve(subject + "-key.pem"));
    write(pair.certificate(), issued.getCertificatePathPEM());
    write(pair.key(), issued.getPrivateKeyPEM());
    return pair;
  }

  /** Issues a certificate whose dNSName is any text. */
  public Pair issueDnsText(String subject, String text) {
    try {
      KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
      keys.initialize(256);
      KeyPair own = keys.generateKeyPair();
      Instant now = Instant.now();
      byte[] certificate =
          new JcaX509v3CertificateBuilder(
                  authority.getCertificate(),
                  BigInteger.valueOf(now.toEpochMilli()),
                  Date.from(now.minus(Duration.ofDays(1))),
                  Date.from(now.plus(Duration.ofDays(90))),
                  new X500Principal("CN=" + subject),
                  own.getPublic())
              .addExtension(
                  Extension.subjectAlternativeName,
                  false,
                  new GeneralNames(new GeneralName(GeneralName.dNSName, text)))
              .build(signer())
              .getEncoded();
      Pair pair = new Pair(dir.resolve(subject + ".pem"), dir.resolve(subject + "-key.pem"));
      write(pair.certificate(), pem("CERTIFICATE", certificate));
      write(pair.key(), pem("PRIVATE KEY", own.getPrivate().getEncoded()));
      return pair;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a revocation list of this authority as PEM, in force for a day. */
  public String revoked(X509Certificate... revoked) {
    return revoked(Instant.now().plus(Duration.ofDays(1)), revoked);
  }

  /**
   * @param nextUpdate the list's end, or null for a list without one
   */
  public String revoked(@Nullable Instant nextUpdate, X509Certificate... revoked) {
    try {
      Date earlier = Date.from(Instant.now().minus(Duration.ofDays(1)));
      JcaX509v2CRLBuilder list = new JcaX509v2CRLBuilder(authority.getCertificate(), earlier);
      if (nextUpdate != null) {
        list.setNextUpdate(Date.from(nextUpdate));
      }
      for (X509Certificate each : revoked) {
        list.addCRLEntry(each.getSerialNumber(), earlier, CRLReason.keyCompromise);
      }
      return pem("X509 CRL", list.build(signer()).getEncoded());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private ContentSigner signer() throws OperatorCreationException {
    return new JcaContentSignerBuilder("SHA256withECDSA")
        .build(authority.getKeyPair().getPrivate());
  }

  /** Returns the certificates of a PEM file. */
  public static X509Certificate[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toArray(X509Certificate[]::new);
    } catch (IOException | CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), kind);
  }

  private static CertificateBuilder days(int from, int until) {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .ecp256()
        .notBefore(now.plus(Duration.ofDays(from)))
        .notAfter(now.plus(Duration.ofDays(until)));
  }

  private static X509Bundle built(CertificateBuilder builder, @Nullable X509Bundle issuer) {
    try {
      return issuer == null ? builder.buildSelfSigned() : builder.buildIssuedBy(issuer);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file, String pem) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, pem);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
