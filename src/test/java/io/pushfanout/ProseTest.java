package io.pushfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Holds comments to the language rule of CONTRIBUTING.md. A bound may fall, and never rise. */
@Execution(ExecutionMode.CONCURRENT)
class ProseTest {
  private static final Path MAIN = Path.of("src/main/java");

  /** Percents of a package's comments and sentences. */
  private static final double NOUNLESS_MAX = 3;

  private static final double PRONOUNS_MAX = 5;
  private static final double PEOPLE_MAX = 5;

  @Test
  void commentsOfEachPackageKeepTheLanguageRule() throws IOException {
    assertThat(packages()).hasSizeGreaterThan(20);
    packages()
        .forEach(
            (name, sources) -> {
              Prose prose = Prose.ofSources(sources.stream());
              assertThat(prose.nounlessShare()).as("%s: %s", name, prose).isLessThan(NOUNLESS_MAX);
              assertThat(prose.pronounShare()).as("%s: %s", name, prose).isLessThan(PRONOUNS_MAX);
              assertThat(prose.peopleShare()).as("%s: %s", name, prose).isLessThan(PEOPLE_MAX);
            });
  }

  private static Map<Path, List<String>> packages() throws IOException {
    try (Stream<Path> files = Files.walk(MAIN)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .collect(
              Collectors.groupingBy(
                  file -> MAIN.relativize(file).getParent(),
                  TreeMap::new,
                  Collectors.mapping(ProseTest::read, Collectors.toList())));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void sentenceWithoutItsNounIsCounted() {
    Prose prose =
        Prose.ofSources(
            Stream.of(
                """
                /** What is left. It has ended. */
                class A {
                  /** Returns {@code x}, which the node sends. */
                  int a;

                  /**
                   * The callers who wait. The server says so.
                   *
                   * @param a whoever
                   */
                  int b;
                }
                """));
    assertThat(prose).isEqualTo(new Prose(3, 1, 5, 2, 1));
  }
}
