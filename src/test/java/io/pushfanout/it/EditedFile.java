package io.pushfanout.it;

import io.pushfanout.tools.MountedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A file of a configuration's directory, with the usual ways to change one. */
final class EditedFile {
  private final Path path;
  private final MountedFolder mounted;

  /** The way in which the new text replaces the old one. */
  enum Way {
    /** Truncates the file, then writes. */
    IN_PLACE,
    /** Renames a draft over the file. */
    RENAMED_OVER,
    /** Leaves a moment without the file. */
    DELETED_FIRST,
    /** Swaps the whole volume of a ConfigMap. */
    LINK_SWAPPED
  }

  EditedFile(Path directory, String name) {
    path = directory.resolve(name);
    mounted = new MountedFolder(directory);
  }

  String path() {
    return path.toString();
  }

  void write(Way way, String text) {
    try {
      switch (way) {
        case IN_PLACE -> Files.writeString(path, text);
        case RENAMED_OVER -> {
          Path draft = path.resolveSibling("." + path.getFileName() + ".draft");
          Files.writeString(draft, text);
          Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        }
        case DELETED_FIRST -> {
          Files.deleteIfExists(path);
          Files.writeString(path, text);
        }
        case LINK_SWAPPED -> mounted.hold(Map.of(path.getFileName().toString(), text));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete() {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
