package io.pushfanout.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.Comparator;
import java.util.stream.Stream;

/** The files, besides those of etcd, that an API server reads and writes in a folder of its own. */
record ServerFiles(Path folder, ECPrivateKey signingKey) {
  /**
   * Token of the administrator. The source is public, so the server listens on loopback only, and
   * for an hour or two.
   */
  static final String ADMIN_TOKEN = "admin-of-the-tests";

  static ServerFiles create() {
    try {
      KeyPair signing = KeyPairGenerator.getInstance("EC").generateKeyPair();
      ServerFiles files =
          new ServerFiles(
              Files.createTempDirectory("kube-apiserver"), (ECPrivateKey) signing.getPrivate());
      write(files.privateKey(), "PRIVATE KEY", signing.getPrivate().getEncoded());
      write(files.publicKey(), "PUBLIC KEY", signing.getPublic().getEncoded());
      Files.writeString(files.tokens(), ADMIN_TOKEN + ",admin,admin,system:masters\n");
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file, String kind, byte[] content) throws IOException {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    Files.writeString(
        file,
        "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
            .formatted(kind, lines.encodeToString(content)));
  }

  /** Returns the server's certificate with its authority, which the server writes at its start. */
  Path authority() {
    return folder.resolve("apiserver.crt");
  }

  Path tokens() {
    return folder.resolve("tokens.csv");
  }

  /** Returns the file of the key that signs the tokens of service accounts. */
  Path privateKey() {
    return folder.resolve("tokens.key");
  }

  Path publicKey() {
    return folder.resolve("tokens.pub");
  }

  void delete() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
