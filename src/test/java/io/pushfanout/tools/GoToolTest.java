package io.pushfanout.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GoToolTest {
  @Test
  void anotherProgramMayBeNamed() {
    System.setProperty("PUSHFANOUT_KUBECTL", "/opt/kubectl");
    try {
      assertThat(GoTool.KUBECTL.path()).isEqualTo(Path.of("/opt/kubectl"));
    } finally {
      System.clearProperty("PUSHFANOUT_KUBECTL");
    }
  }
}
