package io.pushfanout.cli;

import io.pushfanout.app.TlsPart;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.options.UsageException;
import io.pushfanout.tls.PemFiles;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags for the TLS profiles that {@code tls.profile} of a fanout may name. */
final class TlsProfileFlags {
  static final String FLAG = TlsPart.PROFILE_FLAG;

  // File names as in a Secret of Kubernetes.
  private static final String CA = "ca.crt";
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";

  @Option(
      names = FLAG,
      paramLabel = "NAME=DIR",
      split = ",",
      description =
          "TLS to the nodes of fanouts whose tls.profile is NAME, by PEM files in DIR: ca.crt (else"
              + " the JDK's authorities), and tls.crt with tls.key (else without a certificate of"
              + " ours); may be repeated.")
  private List<String> profiles = new ArrayList<>();

  /**
   * Returns the files of each profile. The existence of files is checked here, their contents
   * later.
   *
   * @throws UsageException with the profile at fault
   */
  Map<String, PemFiles> profiles() {
    Map<String, PemFiles> byName = new TreeMap<>();
    for (String text : profiles) {
      String profile = text.strip();
      int equals = profile.indexOf('=');
      String name = profile.substring(0, Math.max(0, equals));
      if (!TlsChoice.isProfile(name)) {
        throw new UsageException(
            FLAG, profile, "must be NAME=DIR, where NAME is a DNS label such as internal");
      }
      if (byName.put(name, files(profile, profile.substring(equals + 1))) != null) {
        throw new UsageException(FLAG, profile, "there are two profiles of this name");
      }
    }
    return byName;
  }

  private static PemFiles files(String profile, String directory) {
    Path dir = path(profile, directory);
    if (!Files.isDirectory(dir)) {
      throw new UsageException(FLAG, profile, "there is no such directory");
    }
    Path certificate = present(dir, CERTIFICATE);
    Path key = present(dir, KEY);
    if ((certificate == null) != (key == null)) {
      throw new UsageException(
          FLAG,
          profile,
          "has no %s to go with its %s"
              .formatted(
                  certificate == null ? CERTIFICATE : KEY,
                  certificate == null ? KEY : CERTIFICATE));
    }
    return new PemFiles(certificate, key, present(dir, CA));
  }

  private static Path path(String profile, String directory) {
    try {
      return Path.of(directory);
    } catch (InvalidPathException e) {
      throw new UsageException(FLAG, profile, String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Path present(Path dir, String name) {
    Path file = dir.resolve(name);
    return Files.exists(file) ? file : null;
  }
}
