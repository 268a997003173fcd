package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemReasonTest {
  @ParameterizedTest
  @EnumSource
  void thePageOnOperationsExplainsIt(ProblemReason reason) throws Exception {
    assertThat(Files.readString(Path.of("docs", "operations.md")).lines())
        .as("rows of %s", reason.label())
        .filteredOn(
            row -> row.matches("\\| (`\\w+`, )*`%s`[^|]*\\|.*\\w.*\\|".formatted(reason.label())))
        .hasSize(1);
  }
}
