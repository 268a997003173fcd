package io.pushfanout.it;

import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import io.pushfanout.tools.MountedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A TLS Secret of Kubernetes as a pod has it. */
final class TlsFolder {
  private final MountedFolder mounted;

  /**
   * @param shows who we are
   * @param trusts the authorities whose certificates the other side has to show
   */
  TlsFolder(Path path, Pair shows, Certificates... trusts) {
    mounted = new MountedFolder(path);
    hold(shows, trusts);
  }

  Path path() {
    return mounted.path();
  }

  /** The Secret is gone, and all files with it. */
  void vanish() {
    mounted.vanish();
  }

  /** From now on. */
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
