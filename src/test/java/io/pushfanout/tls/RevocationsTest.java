package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.reload.FileException;
import io.pushfanout.reload.SmallFile;
import io.pushfanout.tools.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevocationsTest {
  @TempDir Path dir;

  private Certificates root;
  private Certificates between;
  private X509Certificate authority;
  private X509Certificate[] web;
  private X509Certificate[] other;
  private X509Certificate[] below;

  @BeforeEach
  void issue() {
    root = new Certificates(dir);
    between = root.between(dir.resolve("between"));
    authority = Certificates.read(root.ca())[0];
    web = Certificates.read(root.issue("web", "dns:web").certificate());
    other = Certificates.read(root.issue("other", "dns:other").certificate());
    below = Certificates.read(between.issue("below", "dns:below").certificate());
  }

  private Revocations lists(String... pem) throws IOException {
    Path file = dir.resolve("crl.pem");
    Files.writeString(file, String.join("", pem), US_ASCII);
    return new Revocations(List.of(authority), PemFile.of(SmallFile.read(file, 1 << 20)));
  }

  private static boolean refused(Revocations lists, X509Certificate... chain) {
    try {
      lists.check(chain);
      return false;
    } catch (CertificateException _) {
      return true;
    }
  }

  @Test
  void onlyRevokedCertificatesAreRefused() throws Exception {
    Revocations lists = lists(root.revoked(web[0]));

    assertThat(refused(lists, web)).isTrue();
    assertThat(refused(lists, other)).isFalse();
    assertThat(lists.isRevoked(web[0])).isTrue();
    assertThat(lists.isRevoked(other[0])).isFalse();
    assertThat(lists.problems(Instant.now())).isEmpty();
    assertThat(lists.count()).isEqualTo("1 revoked certificate");
    assertThat(lists(root.revoked()).count()).isEqualTo("0 revoked certificates");
  }

  @Test
  void aRevokedAuthorityInBetweenTakesItsCertificatesWithIt() throws Exception {
    assertThat(below).hasSize(2);
    assertThat(refused(lists(root.revoked(), between.revoked()), below)).isFalse();
    assertThat(refused(lists(root.revoked(below[1]), between.revoked()), below)).isTrue();
    assertThat(refused(lists(root.revoked(), between.revoked(below[0])), below)).isTrue();
  }

  @Test
  void aCertificateWithAMissingOutdatedOrForeignListIsRefused() throws Exception {
    Instant before = Instant.now().minus(Duration.ofHours(1));
    String forged = new Certificates(dir.resolve("x")).between(dir.resolve("y")).revoked();

    assertThat(refused(lists(root.revoked()), below)).isTrue();
    assertThat(refused(lists(root.revoked(), forged), below)).isTrue();
    Revocations old = lists(root.revoked(before), between.revoked());
    assertThat(refused(old, web)).isTrue();
    assertThat(refused(old, below)).isTrue();
    assertThat(old.problems(Instant.now()))
        .singleElement()
        .asString()
        .contains("crl.pem: the revocation list of CN=test ca is out of date since ");
    assertThat(lists(root.revoked()).problems(before.minus(Duration.ofDays(9))))
        .singleElement()
        .asString()
        .contains("is not valid before");
  }

  @Test
  void chainsMayComeInAnyOrderAndWithTheirRoot() throws Exception {
    Revocations lists = lists(root.revoked(), between.revoked());
    X509Certificate[] shuffled = {below[0], authority, below[1]};

    assertThat(refused(lists, shuffled)).isFalse();
    assertThat(refused(lists, Arrays.copyOf(below, 2))).isFalse();
    assertThatThrownBy(() -> lists.check(new X509Certificate[] {below[0]}))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void theSameNumberOfAnotherAuthorityIsAnotherCertificate() throws Exception {
    X509Certificate twin =
        Certificates.read(
            between
                .issue("twin", "dns:twin", builder -> builder.serial(web[0].getSerialNumber()))
                .certificate())[0];

    assertThat(lists(root.revoked(web[0]), between.revoked()).isRevoked(twin)).isFalse();
    assertThat(lists(root.revoked(), between.revoked(twin)).isRevoked(web[0])).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "-----BEGIN X509 CRL-----\n",
        "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
      })
  void aTextWithoutAListIsRefused(String text) {
    assertThatThrownBy(() -> lists(text))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("certificate revocation list");
    assertThatThrownBy(() -> lists(root.revoked() + text + "-----BEGIN X509 CRL-----\n"))
        .isInstanceOf(FileException.class)
        .hasMessageContaining("certificate revocation list");
  }

  @Test
  void aFileThatWouldKeepOutAllOfAnAuthorityIsRefused() {
    String twin = new Certificates(dir.resolve("twin")).revoked();

    for (String pem : List.of(between.revoked(), twin)) {
      assertThatThrownBy(() -> lists(pem))
          .hasMessageEndingWith("holds no revocation list signed by the authority CN=test ca");
    }
    assertThatThrownBy(() -> lists(root.revoked((Instant) null)))
        .hasMessageEndingWith("holds the revocation list of CN=test ca without a next update");
  }
}
