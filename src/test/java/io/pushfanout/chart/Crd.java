package io.pushfanout.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The CRD that the build generates from the Java model. */
final class Crd {
  private Crd() {}

  static String text() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("crds"))) {
      return Files.readString(files.reduce((one, other) -> fail(one, other)).orElseThrow());
    }
  }

  private static Path fail(Path one, Path other) {
    throw new AssertionError("one CRD is wanted, there are " + one + " and " + other);
  }

  static Manifest manifest() throws IOException {
    return new Manifest(Yaml.documents(text()).getFirst());
  }
}
