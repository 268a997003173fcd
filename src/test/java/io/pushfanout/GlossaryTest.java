package io.pushfanout;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/glossary.md explains each word in few words, and names a class that there is. */
class GlossaryTest {
  private static final Path PAGE = Path.of("docs", "glossary.md");
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+)`(?:, `([A-Z]\\w+)`)?\\)\\.$");
  private static final int WORDS_MAX = 30;

  @Test
  void everyWordIsExplainedInThirtyWordsAtMost() throws IOException {
    List<List<String>> rows = rows();

    assertThat(rows).hasSizeBetween(15, 30);
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row).hasSize(2);
              assertThat(Splitter.on(' ').splitToList(row.get(1)))
                  .as(row.getFirst())
                  .hasSizeBetween(4, WORDS_MAX);
            });
  }

  @Test
  void everyWordNamesAClass() throws IOException {
    Set<String> classes;
    try (Stream<Path> files = Files.walk(SOURCES)) {
      classes = files.map(file -> file.getFileName().toString()).collect(toSet());
    }
    assertThat(rows())
        .allSatisfy(
            row -> {
              Matcher named = CLASS.matcher(row.get(1));
              assertThat(named.find()).as(row.getFirst()).isTrue();
              assertThat(classes).contains(named.group(1) + ".java");
              if (named.group(2) != null) {
                assertThat(classes).contains(named.group(2) + ".java");
              }
            });
  }

  private static List<List<String>> rows() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| word |"))
        .map(line -> Splitter.on('|').trimResults().omitEmptyStrings().splitToList(line))
        .toList();
  }
}
