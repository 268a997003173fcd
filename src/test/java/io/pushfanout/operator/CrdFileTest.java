package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class CrdFileTest {
  @Test
  void theFileIsWhatTheClassesSay() throws IOException {
    String generated = CrdFile.generated();
    if ("write".equals(System.getProperty("crd"))) {
      Files.createDirectories(CrdFile.PATH.getParent());
      Files.writeString(CrdFile.PATH, generated);
    }
    assertThat(CrdFile.PATH)
        .as("stale: %s writes it", CrdFile.WRITE)
        .content()
        .isEqualTo(generated);
  }
}
