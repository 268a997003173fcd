package io.pushfanout.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.util.CertificateUtils;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Test keys made by OpenSSL, each in its older form and in PKCS #8. */
class LegacyPrivateKeysTest {
  private static final Path KEYS = Path.of("src", "test", "resources", "tls");

  private static PrivateKey older(String name) throws Exception {
    return read(Files.readString(KEYS.resolve(name + ".pem"))).key();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa-2048", "ec-p256", "ec-p384", "ec-p521"})
  void aKeyIsTheSameAsInPkcs8(String name) throws Exception {
    PrivateKey read = older(name);
    try (InputStream pkcs8 = Files.newInputStream(KEYS.resolve(name + "-pkcs8.pem"))) {
      PrivateKey same = CertificateUtils.getPrivateKey(pkcs8);
      assertThat(numbers(read)).isEqualTo(numbers(same));
    }
  }

  /**
   * Returns the numbers that make up a key; the public half of an EC key is optional, and left out.
   */
  private static List<?> numbers(PrivateKey key) {
    return switch (key) {
      case RSAPrivateCrtKey rsa ->
          List.of(rsa.getModulus(), rsa.getPrivateExponent(), rsa.getPublicExponent());
      case ECPrivateKey ec ->
          List.of(ec.getS(), ec.getParams().getCurve(), ec.getParams().getOrder());
      default -> throw new AssertionError(key.getAlgorithm());
    };
  }

  /** A key file of {@code openssl ecparam -genkey}, with text around the key. */
  @Test
  void otherTextInTheFileIsSkipped() throws Exception {
    String key = Files.readString(KEYS.resolve("ec-p256.pem"));
    String parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    assertThat(read("of somebody\n" + parameters + key.replace("\n", "\r\n") + "the end\n").key())
        .isEqualTo(older("ec-p256"));
  }

  @ParameterizedTest
  @CsvSource({"rsa-2048", "ec-p256"})
  void brokenBytesAreRefusedOrAKey(String name) throws Exception {
    String kind = name.startsWith("rsa") ? "RSA PRIVATE KEY" : "EC PRIVATE KEY";
    byte[] good =
        Base64.getMimeDecoder()
            .decode(Files.readString(KEYS.resolve(name + ".pem")).replaceAll("-----.*", ""));
    int step = Math.max(1, good.length / 100);
    for (int at = 0; at < good.length; at += step) {
      byte[] cut = Arrays.copyOf(good, at);
      assertThatThrownBy(() -> pem(kind, cut).key())
          .hasMessageContaining("holds a broken key, or one that is neither RSA nor EC");
      for (int wrong : List.of(0, 0x7f, 0x80, 0x84, 0xff)) {
        byte[] changed = good.clone();
        changed[at] = (byte) wrong;
        readsOrRefuses(pem(kind, changed));
      }
    }
  }

  private static void readsOrRefuses(PemText file) {
    Throwable refused = catchThrowable(() -> assertThat(file.key()).isNotNull());
    if (refused != null) {
      assertThat(refused).hasMessageContaining("holds a broken key");
    }
  }

  @Test
  void aTextLongerThanAnyKeyIsBroken() throws Exception {
    PemText endless = pem("RSA PRIVATE KEY", new byte[1 << 16]);
    assertThatThrownBy(endless::key).hasMessageContaining("holds a broken key");
  }

  @Test
  void aKeyThatIsCutOffIsBroken() throws Exception {
    for (String name : List.of("rsa-2048", "ec-p256")) {
      String key = Files.readString(KEYS.resolve(name + ".pem"));
      PemText cut = read(key.substring(0, key.indexOf("-----END")));
      assertThatThrownBy(cut::key).hasMessageContaining("holds a broken key");
      PemText noise = read(key.replaceFirst("\n....", "\n?!?!"));
      assertThatThrownBy(noise::key).hasMessageContaining("holds a broken key");
    }
  }

  /** Headers inside a PEM block mark its content as encrypted (RFC 1421). */
  @Test
  void anEncryptedKeyIsNamedSo() throws Exception {
    String key = Files.readString(KEYS.resolve("rsa-2048.pem"));
    PemText encrypted =
        read(
            key.replaceFirst("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233\n\n"));
    assertThatThrownBy(encrypted::key)
        .hasMessage("the key is encrypted, and this server has no passphrase for it");
  }

  private static PemText pem(String kind, byte[] der) {
    return read(
        "-----BEGIN %s-----%n%s%n-----END %s-----%n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(der), kind));
  }

  private static PemText read(String text) {
    return new PemText(text);
  }
}
