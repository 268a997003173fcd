package io.pushfanout.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sample files. The first comment lines of an invalid sample are its problems, each {@code # line:
 * field: message}.
 */
public final class Samples {
  private static final Path FOLDER = Path.of("src/test/resources/config");

  private Samples() {}

  public static List<Path> valid() throws IOException {
    return list("valid-");
  }

  public static List<Path> invalid() throws IOException {
    return list("invalid-");
  }

  private static List<Path> list(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(f -> f.getFileName().toString().startsWith(prefix)).sorted().toList();
    }
  }

  public static List<String> expectedProblems(Path sample) throws IOException {
    try (Stream<String> lines = Files.lines(sample)) {
      return lines.takeWhile(line -> line.startsWith("# ")).map(line -> line.substring(2)).toList();
    }
  }
}
