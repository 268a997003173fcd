package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeOverrideTest {
  private static NodeOverride of(String name, List<String> nodes, @Nullable Integer workers) {
    return new NodeOverride(name, nodes, workers, null, null, null);
  }

  @ParameterizedTest
  @CsvSource({
    "*, a.b:1, true",
    "a.?:1, a.b:1, true",
    "a.?:1, a.:1, false",
    "a.b:1, axb:1, false",
    "A.B:*, a.b:1, true",
    "*:1, a.b:2, false",
    "**b**, a.b:1, true",
    "*.b:1*, a.b:1, true",
    "[::1]:*, [::1]:7, true",
    "a.b, a.b:1, false",
  })
  void aGlobMatchesTheWholeAddress(String glob, String address, boolean matches) {
    assertThat(of("o", List.of(glob), 1).matches(NodeAddress.parse(address))).isEqualTo(matches);
  }

  @Test
  void randomGlobsMatchAsTheirRegularExpressionsDo() {
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      String glob = letters(random, "ab*?", 1 + random.nextInt(8));
      String text = letters(random, "ab", random.nextInt(10));
      String regex =
          glob.chars()
              .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Character.toString(c))
              .collect(Collectors.joining());
      assertThat(Glob.matches(glob, text))
          .as("%s on %s", glob, text)
          .isEqualTo(Pattern.matches(regex, text));
    }
  }

  private static String letters(Random random, String alphabet, int length) {
    return random
        .ints(length, 0, alphabet.length())
        .mapToObj(i -> alphabet.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  @Test
  void manyStarsTakeNoTime() {
    String glob = "a*".repeat(100) + "b";
    String address = "a".repeat(63) + "." + "a".repeat(63) + "." + "a".repeat(63) + ":1";

    assertThat(of("o", List.of(glob), 1).matches(NodeAddress.parse(address))).isFalse();
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
