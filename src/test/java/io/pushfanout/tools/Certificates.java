package io.pushfanout.tools;

import com.google.common.base.Splitter;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A certificate authority of a test's own. */
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

  /** PEM of the authority's own certificate. */
  public Path ca() {
    return ca;
  }

  /**
   * Files by the subject's name: once more, they hold another certificate with another key.
   *
   * @param names such as {@code ip:127.0.0.1} or {@code dns:example.com}, or several with commas
   */
  public Pair issue(String subject, String names) {
    return issue(subject, names, builder -> builder);
  }

  /** One whose time was over yesterday. */
  public Pair issueExpired(String subject, String names) {
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    return issue(
        subject,
        names,
        builder -> builder.notBefore(yesterday.minus(Duration.ofDays(9))).notAfter(yesterday));
  }

  /**
   * @param more to say of the certificate, such as a key of its own
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
    write(pair.certificate(), issued.getCertificatePEM());
    write(pair.key(), issued.getPrivateKeyPEM());
    return pair;
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
