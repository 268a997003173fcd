package io.pushfanout.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The kept inputs of a target: good ones, bad ones, and inputs of earlier findings. */
final class Seeds {
  private static final Path HOME = Path.of("src", "test", "resources", "fuzz");

  private Seeds() {}

  /** Returns the folder's files, in the order of their names. */
  static List<Path> of(FuzzTarget target) throws IOException {
    try (Stream<Path> files = Files.list(folder(target))) {
      return files.sorted().toList();
    }
  }

  static Path folder(FuzzTarget target) {
    // Sample files of resources serve as seeds unchanged.
    return target.name().equals("resource-file")
        ? HOME.resolveSibling("config")
        : HOME.resolve(target.name());
  }
}
