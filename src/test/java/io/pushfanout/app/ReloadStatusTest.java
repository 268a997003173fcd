package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReloadStatusTest {
  private final List<String> tls = new ArrayList<>();
  private final List<String> config = new ArrayList<>();
  private final ReloadStatus reloads = new ReloadStatus();

  {
    reloads.add("tls", ProblemReason.TLS_NOT_RELOADED, () -> tls);
    reloads.add("config", ProblemReason.CONFIG_NOT_RELOADED, () -> config);
  }

  @Test
  void aCurrentMistakeIsAProblemOfTheProcess() {
    assertThat(reloads.problems()).isEmpty();
    assertThat(reloads.successful()).isEqualTo(Map.of("tls", true, "config", true));

    tls.add("tls.crt: permission denied");
    assertThat(reloads.problems())
        .containsExactly(
            new Problem("", ProblemReason.TLS_NOT_RELOADED, "tls.crt: permission denied"));
    assertThat(reloads.successful()).isEqualTo(Map.of("tls", false, "config", true));
  }

  @Test
  void aFileWithManyMistakesDoesNotFillTheStatus() {
    config.addAll(Collections.nCopies(100, "a.yaml:1: spec: is wrong"));

    assertThat(reloads.problems()).hasSize(10);
  }
}
