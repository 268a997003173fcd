package io.pushfanout.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate of 127.0.0.1 that certifies itself, made by the JDK's keytool. Its key is RSA, as
 * those of most API servers.
 *
 * @param store PKCS #12 file with the certificate and its key
 */
record LoopbackCertificate(Path store) {
  /** Password of the file, which lives for one run. */
  static final String PASSWORD = "training";

  private static final String ALIAS = "loopback";

  /** Makes a certificate in the folder. */
  static LoopbackCertificate make(Path folder) throws IOException, InterruptedException {
    Path store = folder.resolve("loopback.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=loopback",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool has ended with code " + keytool.exitValue());
    }
    return new LoopbackCertificate(store);
  }

  /** Returns the certificate as PEM. */
  String pem() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(lines.encodeToString(keys.getCertificate(ALIAS).getEncoded()));
  }

  /** Deletes the file. */
  void delete() throws IOException {
    Files.delete(store);
  }
}
