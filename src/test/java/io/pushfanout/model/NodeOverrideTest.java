package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeOverrideTest {
  private static NodeOverride of(String name, List<String> nodes, @Nullable Integer workers) {
    return new NodeOverride(name, nodes, workers, null, null, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b:1", "a/b", "ä:1", "{a,b}:1"})
  void aGlobThatCanMatchNoAddressIsRefused(String glob) {
    assertThatThrownBy(() -> of("o", List.of(glob), 1))
        .isInstanceOf(SettingException.class)
        .hasMessage("nodes: must be host:port with * and ?, such as 10.0.*:50052, is \"%s\"", glob);
  }

  @Test
  void itNeedsANameAndNodesAndASetting() {
    assertThatThrownBy(() -> of("", List.of("*"), 1)).hasMessage("name: must not be empty");
    assertThatThrownBy(() -> of("o", List.of(), 1))
        .hasMessage("nodes: must be from 1 to 1000, is 0");
    assertThatThrownBy(() -> of("o", Collections.nCopies(1001, "*"), 1))
        .hasMessage("nodes: must be from 1 to 1000, is 1001");
    assertThatThrownBy(() -> of("o", List.of("*"), null))
        .hasMessage("name: must set one of workers, queueSize, queueBytes, rpcTimeout");
  }

  @Test
  void eachFieldThatItCanSetIsEnough() {
    assertThat(NodeOverride.FIELDS)
        .extracting(SettingField::path)
        .containsExactly("workers", "queueSize", "queueBytes", "rpcTimeout");
    assertThat(new NodeOverride("o", List.of("*"), 1, null, null, null)).isNotNull();
    assertThat(new NodeOverride("o", List.of("*"), null, 1, null, null)).isNotNull();
    assertThat(new NodeOverride("o", List.of("*"), null, null, 1024L, null)).isNotNull();
    assertThat(new NodeOverride("o", List.of("*"), null, null, null, Duration.ofSeconds(1)))
        .isNotNull();
  }
}
