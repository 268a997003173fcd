package io.pushfanout.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * A folder as the kubelet mounts a ConfigMap or a Secret: each file is a link into {@code ..data},
 * which is a link to a directory of the whole state, and is renamed over when there is a new one.
 */
public final class MountedFolder {
  private static final String DATA = "..data";

  private final Path path;
  private int states;

  /** Holds nothing yet. */
  public MountedFolder(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  public Path file(String name) {
    return path.resolve(name);
  }

  /**
   * From now on, all at once. Of files that were there before and are not now, links to nothing
   * stay.
   *
   * @param files texts by their names
   */
  public synchronized void hold(Map<String, String> files) {
    try {
      Path state = Files.createDirectories(path.resolve("..state-" + ++states));
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(state.resolve(file.getKey()), file.getValue());
      }
      link(path.resolve(DATA), state.getFileName());
      for (String name : files.keySet()) {
        if (!Files.isSymbolicLink(file(name))) {
          link(file(name), Path.of(DATA, name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In place of what is there, which is never half there. */
  private void link(Path name, Path target) throws IOException {
    Path draft = Files.createSymbolicLink(path.resolve("..draft"), target);
    Files.move(draft, name, StandardCopyOption.ATOMIC_MOVE);
  }

  /** It is gone, and all files with it. */
  public void vanish() {
    try {
      Files.delete(path.resolve(DATA));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
