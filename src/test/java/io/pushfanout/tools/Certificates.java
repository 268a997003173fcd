package io.pushfanout.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority of a test's own, by the JDK's keytool. */
public final class Certificates {
  private static final String PASSWORD = "changeit";

  private final Path dir;
  private final Path ca;

  public record Pair(Path certificate, Path key) {}

  public Certificates(Path dir) {
    this.dir = dir;
    try {
      Files.createDirectories(dir);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    keytool("ca", "-genkeypair", "-keyalg", "EC", "-dname", "CN=test ca", "-ext", "bc:c");
    ca = dir.resolve("ca.pem");
    keytool("ca", "-exportcert", "-rfc", "-file", ca.toString());
  }

  /** PEM of the authority's own certificate. */
  public Path ca() {
    return ca;
  }

  /**
   * @param name such as {@code ip:127.0.0.1} or {@code dns:example.com}, or several with commas
   */
  public Pair issue(String subject, String name) {
    String request = dir.resolve(subject + ".csr").toString();
    Path certificate = dir.resolve(subject + ".pem");
    keytool(subject, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + subject);
    keytool(subject, "-certreq", "-file", request);
    keytool(
        "ca",
        "-gencert",
        "-rfc",
        "-infile",
        request,
        "-outfile",
        certificate.toString(),
        "-ext",
        "san=" + name);
    return new Pair(certificate, writeKey(subject));
  }

  private Path writeKey(String subject) {
    Path file = dir.resolve(subject + "-key.pem");
    try (InputStream in = Files.newInputStream(store(subject))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      byte[] key = store.getKey(subject, PASSWORD.toCharArray()).getEncoded();
      String base64 =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.UTF_8)).encodeToString(key);
      Files.writeString(
          file, "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n");
      return file;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path store(String alias) {
    return dir.resolve(alias + ".p12");
  }

  private void keytool(String alias, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-J-XX:TieredStopAtLevel=1");
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-alias",
            alias,
            "-keystore",
            store(alias).toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD));
    try {
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.onExit().join().exitValue() != 0) {
        throw new IllegalStateException(said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
