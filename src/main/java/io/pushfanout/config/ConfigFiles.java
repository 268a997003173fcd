package io.pushfanout.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The files of a configured path: the path itself, or the resource files of a directory. */
final class ConfigFiles {
  private final Path root;
  private final boolean directory;

  /** Creates the list. The path counts as a file or as a directory for good, as found here. */
  ConfigFiles(Path root) {
    this.root = root;
    this.directory = Files.isDirectory(root);
  }

  Path root() {
    return root;
  }

  boolean isDirectory() {
    return directory;
  }

  /**
   * Returns the configured file, present or not, or the sorted resource files of the directory.
   * Subdirectories and hidden files are left out: a ConfigMap volume keeps its earlier versions
   * there, and editors keep their drafts.
   *
   * @throws IOException when the directory cannot be listed
   */
  List<Path> list() throws IOException {
    if (!directory) {
      return List.of(root);
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, ConfigFiles::isResource)) {
      entries.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(files);
    return files;
  }

  private static boolean isResource(Path entry) {
    String name = entry.getFileName().toString();
    return !name.startsWith(".")
        && (name.endsWith(".yaml") || name.endsWith(".yml"))
        && !Files.isDirectory(entry);
  }
}
