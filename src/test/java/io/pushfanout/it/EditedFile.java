package io.pushfanout.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file of a configuration's directory, and the ways in which people and programs change one. */
final class EditedFile {
  private final Path path;
  private int states;

  /** How the new text takes the place of the old one. */
  enum Way {
    /** Truncated, then written. */
    IN_PLACE,
    /** A draft is renamed to its name. */
    RENAMED_OVER,
    /** For a moment there is no file. */
    DELETED_FIRST,
    /** A ConfigMap's volume: the file is a link into {@code ..data}, a link that is replaced. */
    LINK_SWAPPED
  }

  EditedFile(Path directory, String name) {
    path = directory.resolve(name);
  }

  String path() {
    return path.toString();
  }

  void write(Way way, String text) {
    try {
      switch (way) {
        case IN_PLACE -> Files.writeString(path, text);
        case RENAMED_OVER -> replace(path, draft -> Files.writeString(draft, text));
        case DELETED_FIRST -> {
          Files.deleteIfExists(path);
          Files.writeString(path, text);
        }
        case LINK_SWAPPED -> swap(text);
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

  private interface Draft {
    void make(Path draft) throws IOException;
  }

  private void swap(String text) throws IOException {
    Path state = Files.createDirectory(path.resolveSibling("..state-" + ++states));
    Files.writeString(state.resolve(path.getFileName()), text);
    Path data = path.resolveSibling("..data");
    replace(data, draft -> Files.createSymbolicLink(draft, state.getFileName()));
    if (!Files.isSymbolicLink(path)) {
      Path target = Path.of("..data", path.getFileName().toString());
      replace(path, draft -> Files.createSymbolicLink(draft, target));
    }
  }

  private static void replace(Path path, Draft content) throws IOException {
    Path draft = path.resolveSibling("." + path.getFileName() + ".draft");
    content.make(draft);
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
  }
}
