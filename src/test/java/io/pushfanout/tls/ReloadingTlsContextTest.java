package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pushfanout.reload.FileException;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import io.pushfanout.tools.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ReloadingTlsContextTest {
  private static final String NAME = "dns:server.example";

  @TempDir Path dir;

  @RegisterExtension final LoggedLines log = new LoggedLines(ReloadingTlsContext.class);

  private Certificates pki;
  private Pair pair;

  @BeforeEach
  void makeCertificates() {
    pki = new Certificates(dir);
    pair = pki.issue("server", NAME);
  }

  @Test
  void aRenewedPairIsInForceOnceTwoLooksHaveSeenIt() throws Exception {
    ReloadingTlsContext tls = new ReloadingTlsContext(identity());
    X509Certificate first = shown(tls);
    assertThat(tls.ends()).contains(first.getNotAfter().toInstant());

    Instant later = Instant.now().plus(Duration.ofDays(99)).truncatedTo(ChronoUnit.SECONDS);
    pki.issue("server", NAME, builder -> builder.notAfter(later));
    tls.poll();
    assertThat(shown(tls)).isEqualTo(first);
    tls.poll();

    assertThat(shown(tls)).isNotEqualTo(first);
    assertThat(tls.ends()).contains(later);
    assertThat(log.all())
        .singleElement()
        .asString()
        .startsWith("INFO " + pair.certificate() + " and " + pair.key() + ": renewed, valid until");
  }

  @Test
  void aCertificateIsRenewedWithItsKeyKept() throws Exception {
    KeyPair kept = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    pki.issue("server", NAME, builder -> builder.rsa2048().keyPair(kept));
    ReloadingTlsContext tls = new ReloadingTlsContext(identity());
    X509Certificate first = shown(tls);

    pki.issue("server", NAME, builder -> builder.rsa2048().keyPair(kept));
    settle(tls);

    assertThat(shown(tls)).isNotEqualTo(first);
    assertThat(shown(tls).getPublicKey()).isEqualTo(first.getPublicKey());
  }

  @Test
  void halfAPairChangesNothingAndIsLoggedOnce() throws Exception {
    ReloadingTlsContext tls = new ReloadingTlsContext(identity());
    X509Certificate first = shown(tls);
    String key = Files.readString(pair.key());

    pki.issue("server", NAME);
    String newKey = Files.readString(pair.key());
    Files.writeString(pair.key(), key);
    settle(tls);
    settle(tls);
    assertThat(shown(tls)).isEqualTo(first);
    assertThat(log.all())
        .containsExactly(
            "WARN %s: is not the key of the first certificate in %s; the last good one stays in force"
                .formatted(pair.key(), pair.certificate()));
    assertThat(tls.problems())
        .hasSize(1)
        .allMatch(problem -> log.all().contains("WARN " + problem));

    Files.writeString(pair.key(), newKey);
    settle(tls);
    assertThat(shown(tls)).isNotEqualTo(first);
    assertThat(tls.problems()).isEmpty();
    assertThat(log.all()).hasSize(2).last().asString().contains("renewed");
  }

  @Test
  void theKeyInForceAndEarlierKeysAreOwn() throws Exception {
    ReloadingTlsContext tls = new ReloadingTlsContext(identity());
    X509Certificate first = shown(tls);
    pki.issue("server", NAME);
    settle(tls);

    assertThat(tls.isOwn(shown(tls))).isTrue();
    assertThat(tls.isOwn(first)).as("its connections last").isTrue();
    Pair other = pki.issue("other", NAME);
    assertThat(tls.isOwn(Certificates.read(other.certificate())[0])).isFalse();
    for (int i = 0; i < 40; i++) {
      pki.issue("server", NAME);
      settle(tls);
    }
    assertThat(tls.isOwn(first)).as("not for ever").isFalse();
  }

  @Test
  void revocationsFollowTheirFile() throws Exception {
    Path lists = dir.resolve("crl.pem");
    X509Certificate client = Certificates.read(pki.issue("client", NAME).certificate())[0];
    Files.writeString(lists, pki.revoked());
    ReloadingTlsContext tls = new ReloadingTlsContext(new PemFiles(null, null, pki.ca(), lists));
    assertThat(tls.isRevoked(client)).isFalse();

    Files.writeString(lists, pki.revoked(client));
    settle(tls);
    assertThat(tls.isRevoked(client)).isTrue();
    assertThat(log.all())
        .last()
        .asString()
        .endsWith("crl.pem: renewed, one authority, 1 revoked certificate");

    for (String broken : new String[] {"", "nonsense", pki.revoked().substring(0, 200)}) {
      Files.writeString(lists, broken);
      settle(tls);
      assertThat(tls.problems()).singleElement().asString().contains(lists + ": holds ");
      assertThat(tls.isRevoked(client)).as("the last good one stays").isTrue();
    }
    Files.delete(lists);
    settle(tls);
    assertThat(tls.problems()).singleElement().asString().contains(lists + ": no such file");
    assertThat(tls.isRevoked(client)).isTrue();

    Files.writeString(lists, pki.revoked(Instant.now().minusSeconds(1), client));
    settle(tls);
    assertThat(tls.problems()).singleElement().asString().contains("is out of date since");
    assertThat(log.all()).anyMatch(line -> line.startsWith("WARN") && line.contains("out of date"));
  }

  @Test
  void anAuthorityIsNotTrustedBeforeItsListIsThere() throws Exception {
    Path bundle = Files.copy(pki.ca(), dir.resolve("bundle.pem"));
    Path lists = dir.resolve("crl.pem");
    Certificates next = new Certificates(dir.resolve("next"));
    Files.writeString(lists, pki.revoked());
    ReloadingTlsContext tls = new ReloadingTlsContext(new PemFiles(null, null, bundle, lists));

    Files.writeString(bundle, Files.readString(pki.ca()) + Files.readString(next.ca()));
    settle(tls);
    assertThat(tls.trust().getAcceptedIssuers()).hasSize(1);
    assertThat(tls.problems()).singleElement().asString().contains("signed by the authority");

    Files.writeString(lists, pki.revoked() + next.revoked());
    settle(tls);
    assertThat(tls.trust().getAcceptedIssuers()).hasSize(2);
    assertThat(tls.problems()).isEmpty();
  }

  @Test
  void theFirstHalfOfABundleIsNotTaken() throws Exception {
    Path bundle = dir.resolve("bundle.pem");
    String one = Files.readString(pki.ca());
    String other = Files.readString(new Certificates(dir.resolve("other")).ca());
    Files.writeString(bundle, one + other);
    ReloadingTlsContext tls = new ReloadingTlsContext(new PemFiles(null, null, bundle));
    assertThat(tls.trust().getAcceptedIssuers()).hasSize(2);

    Files.writeString(bundle, other);
    tls.poll();
    Files.writeString(bundle, other + one);
    settle(tls);
    assertThat(tls.trust().getAcceptedIssuers()).hasSize(2);

    Files.writeString(bundle, other + one.substring(0, one.length() / 2));
    settle(tls);
    assertThat(tls.trust().getAcceptedIssuers()).hasSize(2);
    assertThat(log.all()).last().asString().contains(bundle + ": holds a broken certificate");

    Files.writeString(bundle, other);
    settle(tls);
    assertThat(tls.trust().getAcceptedIssuers()).hasSize(1);
    assertThat(log.all()).last().asString().endsWith("renewed, one authority");
  }

  @Test
  void anUnusableFileIsRefusedByName() throws Exception {
    Path certificate = pair.certificate();
    Path key = pair.key();
    Path missing = dir.resolve("missing");
    Path text = Files.writeString(dir.resolve("text"), "hello");
    Path sec1 =
        Files.writeString(
            dir.resolve("sec1"), Files.readString(key).replace("PRIVATE", "ENCRYPTED PRIVATE"));
    Path broken = Files.writeString(dir.resolve("broken"), broken(Files.readString(key)));
    Path other = pki.issue("other", NAME).key();
    Path large = Files.write(dir.resolve("large"), new byte[(4 << 20) + 1]);

    refused(missing, key, missing + ": no such file or directory");
    refused(dir, key, dir + ": is no regular file");
    refused(large, key, large + ": is larger than 4Mi");
    refused(text, key, text + ": holds no PEM certificate");
    refused(certificate, missing, missing + ": no such file or directory");
    refused(certificate, text, text + ": holds no PEM private key");
    refused(certificate, certificate, certificate + ": holds no PEM private key");
    refused(
        certificate,
        sec1,
        sec1 + ": the key is encrypted, and this server has no passphrase for it");
    refused(
        certificate, broken, broken + ": holds a broken key, or one that is neither RSA nor EC");
    refused(
        certificate, other, other + ": is not the key of the first certificate in " + certificate);
    assertThatThrownBy(() -> new ReloadingTlsContext(new PemFiles(null, null, key)))
        .isInstanceOf(FileException.class)
        .hasMessage(key + ": holds no PEM certificate");
    assertThatThrownBy(() -> new PemFiles(certificate, null, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anExpiredCertificateIsUsedWithAWarning() throws Exception {
    pair = pki.issueExpired("old", NAME);

    ReloadingTlsContext tls = new ReloadingTlsContext(identity());

    assertThat(shown(tls).getNotAfter().toInstant()).isBefore(Instant.now());
    assertThat(log.all())
        .singleElement()
        .asString()
        .startsWith("WARN " + pair.certificate() + ": the certificate has expired at ");
  }

  @Test
  void aChainEndsWithTheFirstOfItsCertificates() throws Exception {
    Instant soon = Instant.now().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.SECONDS);
    Pair between = pki.issue("between", NAME, builder -> builder.notAfter(soon));
    Files.writeString(
        pair.certificate(),
        Files.readString(pair.certificate()) + Files.readString(between.certificate()));

    assertThat(new ReloadingTlsContext(identity()).ends()).contains(soon);
  }

  @Test
  void withoutFilesItHasNoIdentityAndTrustsAsTheJdk() throws Exception {
    ReloadingTlsContext tls = new ReloadingTlsContext(new PemFiles(null, null, null));

    assertThat(tls.keys()).isNull();
    assertThat(tls.ends()).isEmpty();
    assertThat(tls.trust().getAcceptedIssuers()).hasSizeGreaterThan(20);
  }

  @Test
  void openFilesArePolledUntilClosed() throws Exception {
    ReloadingTlsContext open = ReloadingTlsContext.open(identity());
    ReloadingTlsContext closed = ReloadingTlsContext.open(identity());
    closed.close();
    X509Certificate first = shown(open);

    long written = System.nanoTime();
    pki.issue("server", NAME);
    await().atMost(Duration.ofSeconds(10)).until(() -> !shown(open).equals(first));
    System.out.printf("in force after %d ms%n", (System.nanoTime() - written) / 1_000_000);

    assertThat(shown(closed)).isEqualTo(first);
    open.close();
    open.close();
  }

  private void refused(Path certificate, Path key, String message) {
    assertThatThrownBy(() -> new ReloadingTlsContext(new PemFiles(certificate, key, null)))
        .isInstanceOf(FileException.class)
        .hasMessage(message);
  }

  private PemFiles identity() {
    return new PemFiles(pair.certificate(), pair.key(), null);
  }

  private static X509Certificate shown(ReloadingTlsContext tls) {
    var keys = Objects.requireNonNull(tls.keys());
    return keys.getCertificateChain(keys.chooseEngineServerAlias("EC", null, null))[0];
  }

  private static void settle(ReloadingTlsContext tls) {
    tls.poll();
    tls.poll();
  }

  private static String broken(String pem) {
    byte[] bytes = pem.getBytes(US_ASCII);
    bytes[pem.indexOf('\n') + 10] ^= 1;
    return new String(bytes, US_ASCII).replaceFirst("\n.{4}", "\nAAAA");
  }
}
