package io.pushfanout.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * A folder in the form of the kubelet's mounts of a ConfigMap or a Secret. Each file is a link into
 * {@code ..data}, itself a link to a directory of the whole state, which a new link replaces by a
 * rename.
 */
public final class MountedFolder {
  private static final String DATA = "..data";

  private final Path path;
  private int states;

  /** Makes an empty folder. */
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
   * Replaces all files at once. Files that are no longer part of the state stay as broken links.
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

  /** Replaces a link in one step. */
  private void link(Path name, Path target) throws IOException {
    Path draft = Files.createSymbolicLink(path.resolve("..draft"), target);
    Files.move(draft, name, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes the state, and all files with it. */
  public void vanish() {
    try {
      Files.delete(path.resolve(DATA));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
