package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Consistency between the pages of docs/reference and the code. */
class ReferenceTest {
  private static final Path FLAGS = Path.of("docs/reference/flags.md");

  @Test
  void theFlagsAreThoseOfTheCommands() throws IOException {
    String generated = FlagsPage.generated();
    if ("write".equals(System.getProperty("reference"))) {
      Files.createDirectories(FLAGS.getParent());
      Files.writeString(FLAGS, generated);
    }
    assertThat(FLAGS).as("stale: %s writes it", FlagsPage.WRITE).content().isEqualTo(generated);
  }
}
