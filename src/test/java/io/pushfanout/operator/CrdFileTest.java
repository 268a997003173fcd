package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrdFileTest {
  @Test
  void theFileMatchesTheClasses() throws IOException {
    String generated = CrdFile.generated();
    for (Path file : List.of(CrdFile.PATH, CrdFile.OF_CHART)) {
      if ("write".equals(System.getProperty("crd"))) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, generated);
      }
      assertThat(file).as("stale: %s writes it", CrdFile.WRITE).content().isEqualTo(generated);
    }
  }
}
