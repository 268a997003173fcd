package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.tools.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PEM texts in the forms that editors, shells and other programs write. */
class PemTextTest {
  private static final Path KEYS = Path.of("src", "test", "resources", "tls");

  @TempDir private Path dir;

  private String certificate = "";
  private X509Certificate expected;

  @BeforeEach
  void issue() throws Exception {
    Path file = new Certificates(dir).ca();
    certificate = Files.readString(file);
    expected = Certificates.read(file)[0];
  }

  private static PemText text(String text) {
    return PemText.of(text.getBytes(UTF_8));
  }

  private static String key(String name) throws Exception {
    return Files.readString(KEYS.resolve(name + ".pem"));
  }

  /** Returns one text in each of its forms. */
  private static List<String> written(String pem) {
    return List.of(
        pem,
        pem.replace("\n", "\r\n"),
        pem.replace("\n", "\r"),
        pem.replace("\n", " \t\n"),
        pem.replaceAll("(?m)^", "  "),
        pem.replace("\n", ""),
        "\ufeff" + pem,
        "0 s:CN = somebody\n" + pem + "the end",
        "# -----BEGIN CERTIFICATE-----\n# -----BEGIN PRIVATE KEY-----\n" + pem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa-2048", "rsa-2048-pkcs8", "ec-p256", "ec-p256-pkcs8"})
  void keysAndCertificatesAreReadHoweverTheyAreWrittenAndBesideEachOther(String name)
      throws Exception {
    String key = key(name);
    for (String file : written(key)) {
      assertThat(text(file).key()).as(file).isEqualTo(text(key).key());
    }
    for (String both : List.of(key + certificate, certificate + key, key + certificate + key)) {
      for (String file : written(both)) {
        assertThat(text(file).key()).as(file).isEqualTo(text(key).key());
        assertThat(text(file).certificates()).as(file).containsExactly(expected);
      }
    }
  }

  @Test
  void eachOfSeveralCertificatesIsReadOrAllAreRefused() throws Exception {
    assertThat(text(certificate + "\n\n" + certificate).certificates())
        .containsExactly(expected, expected);
    String cut = certificate.substring(0, certificate.length() / 2);
    for (String broken :
        List.of(
            cut,
            certificate + cut,
            cut + "\n" + certificate,
            certificate + certificate.replaceFirst("\nM", "\n!"),
            certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")) {
      assertThatThrownBy(text(broken)::certificates).hasMessage("holds a broken certificate");
    }
  }

  @Test
  void aTextWithoutPemIsNamedSo() throws Exception {
    for (String other : List.of("", "\ufeff", "x", key("rsa-2048"))) {
      assertThatThrownBy(text(other)::certificates).hasMessage("holds no PEM certificate");
    }
    assertThatThrownBy(text(certificate)::key).hasMessage("holds no PEM private key");
    byte[] der = expected.getEncoded();
    assertThatThrownBy(PemText.of(der)::certificates).hasMessage("holds no PEM certificate");
  }

  @Test
  void aTextIsNotShown() throws Exception {
    assertThat(text(key("rsa-2048"))).hasToString("PemText");
  }
}
