package io.pushfanout.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Which files a path stands for: itself, or those of a directory. */
final class ConfigFiles {
  private final Path root;
  private final boolean directory;

  /** Whether it is a directory is looked at now, and then stays so. */
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
   * The file, whether it is there or not; or those files of the directory that are resources by
   * their name, in its order. Directories in it are none, nor are hidden files: a ConfigMap's
   * volume has its earlier states there, and editors their drafts.
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
