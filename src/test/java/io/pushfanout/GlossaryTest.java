package io.pushfanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GlossaryTest {
  private static final Path PAGE = Path.of("docs", "glossary.md");
  private static final int WORDS_MAX = 30;

  @Test
  void everyWordIsExplainedInThirtyWordsAtMost() throws IOException {
    List<List<String>> rows =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| word |"))
            .map(line -> Splitter.on('|').trimResults().omitEmptyStrings().splitToList(line))
            .toList();

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
}
