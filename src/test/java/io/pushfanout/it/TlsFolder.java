package io.pushfanout.it;

import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TLS Secret of Kubernetes as a pod has it: its files are links into {@code ..data}, a link that
 * is replaced when the Secret changes.
 */
final class TlsFolder {
  private static final List<String> FILES = List.of("ca.crt", "tls.crt", "tls.key");

  private final Path path;
  private final AtomicInteger states = new AtomicInteger();

  /**
   * @param shows who we are
   * @param trusts the authorities whose certificates the other side has to show
   */
  TlsFolder(Path path, Pair shows, Certificates... trusts) {
    this.path = path;
    hold(shows, trusts);
    try {
      for (String file : FILES) {
        Files.createSymbolicLink(path.resolve(file), Path.of("..data", file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return path;
  }

  /** The Secret is gone, and all files with it. */
  void vanish() {
    try {
      Files.delete(path.resolve("..data"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on. */
  void hold(Pair shows, Certificates... trusts) {
    try {
      Path state = path.resolve("..state-" + states.incrementAndGet());
      Files.createDirectories(state);
      StringBuilder bundle = new StringBuilder();
      for (Certificates authority : trusts) {
        bundle.append(Files.readString(authority.ca()));
      }
      Files.writeString(state.resolve("ca.crt"), bundle);
      Files.copy(shows.certificate(), state.resolve("tls.crt"));
      Files.copy(shows.key(), state.resolve("tls.key"));
      Path draft = path.resolve("..draft");
      Files.createSymbolicLink(draft, state.getFileName());
      Files.move(draft, path.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
