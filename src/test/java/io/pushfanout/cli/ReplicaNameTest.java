package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicaNameTest {
  private static final String FORM = "[a-z0-9]([a-z0-9.-]*[a-z0-9])?";

  @Test
  void theGivenNameComesBeforeThePods() {
    assertThat(ReplicaName.choose("one", Map.of("POD_NAME", "pod-0"))).isEqualTo("one");
    assertThat(ReplicaName.choose(null, Map.of("POD_NAME", "pod-0"))).isEqualTo("pod-0");
  }

  @Test
  void withoutEitherItIsOfHostAndProcessAndFitsAKubernetesName() {
    assertThat(ReplicaName.choose(null, Map.of("POD_NAME", "")))
        .endsWith("-" + ProcessHandle.current().pid())
        .matches(FORM);
  }
}
