package io.pushfanout.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResourceTextTest {
  private static final String GOOD =
      """
      {"apiVersion":"pushfanout.io/v1alpha1","kind":"PushFanout",
      "metadata":{"name":"chat","namespace":"acme"},"spec":{"workers":7}}
      """;

  @Test
  void oneResourceIsReadByTheRulesOfFiles() {
    assertThat(ResourceText.read(GOOD).settings().workers()).isEqualTo(7);
    assertThat(ResourceText.read(GOOD).name()).hasToString("acme/chat");
    assertThatThrownBy(() -> ResourceText.read(GOOD.replace("7", "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("spec.workers: must be from 1 to 1024, is 0");
  }

  @Test
  void noneAndSeveralAreRefused() {
    assertThatThrownBy(() -> ResourceText.read("# nothing")).hasMessage("must be one resource");
    assertThatThrownBy(() -> ResourceText.read(GOOD + "---\n" + GOOD.replace("chat", "game")))
        .hasMessage("must be one resource");
  }
}
