package io.pushfanout.it;

import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import io.pushfanout.tools.MountedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A TLS Secret of Kubernetes, mounted as in a pod. */
final class TlsFolder {
  private final MountedFolder mounted;

  /**
   * @param shows the own certificate and key
   * @param trusts the authorities of the other side's certificates
   */
  TlsFolder(Path path, Pair shows, Certificates... trusts) {
    mounted = new MountedFolder(path);
    hold(shows, trusts);
  }

  Path path() {
    return mounted.path();
  }

  /** Removes the Secret with all its files. */
  void vanish() {
    mounted.vanish();
  }

  /** Replaces the content of the Secret. */
  void hold(Pair shows, Certificates... trusts) {
    try {
      StringBuilder bundle = new StringBuilder();
      for (Certificates authority : trusts) {
        bundle.append(Files.readString(authority.ca()));
      }
      mounted.hold(
          Map.of(
              "ca.crt",
              bundle.toString(),
              "tls.crt",
              Files.readString(shows.certificate()),
              "tls.key",
              Files.readString(shows.key())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
