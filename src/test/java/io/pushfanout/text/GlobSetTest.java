package io.pushfanout.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Bounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobSetTest {
  @ParameterizedTest
  @CsvSource({
    "*, a.b:1, true",
    "a.?:1, a.b:1, true",
    "a.?:1, a.:1, false",
    "a.b:1, axb:1, false",
    "a.b:*, a.b:1, true",
    "*:1, a.b:2, false",
    "**b**, a.b:1, true",
    "*.b:1*, a.b:1, true",
    "[::1]:*, [::1]:7, true",
    "a.b, a.b:1, false",
    "?, ä, true",
    "a*, ä, false",
    "*a*b*:1, xaybz:1, true",
    "*a*b, xaybz:1, false",
    "a:1*, a:1, true",
    "a:10, a:1, false",
    "10.0.?.*:80, 10.0.1.77:80, true",
    "10.0.?.*:80, 10.0.12.77:80, false",
    "a.c:80, abc:80, false",
  })
  void globStandsForTheWholeText(String glob, String text, boolean matches) {
    assertThat(GlobSet.matches(glob, text)).isEqualTo(matches);
  }

  @Test
  void noGlobStandsForNoText() {
    assertThat(new GlobSet(List.of()).first("a:1")).isEqualTo(-1);
  }

  @Test
  void firstMatchingGlobDecidesWithOrWithoutAWildcard() {
    GlobSet globs = new GlobSet(List.of("b:1", "a*", "a:1", "*:1", "c:1", "c:1"));

    assertThat(globs.first("a:1")).isEqualTo(1);
    assertThat(globs.first("b:1")).isEqualTo(0);
    assertThat(globs.first("c:1")).isEqualTo(3);
    assertThat(globs.first("d:2")).isEqualTo(-1);
  }

  @Test
  void manyRandomGlobsMatchAsTheirRegularExpressionsDo() {
    Random random = new Random(4);
    for (int i = 0; i < 3_000; i++) {
      List<String> globs =
          IntStream.range(0, random.nextInt(40))
              .mapToObj(_ -> letters(random, "aab*?", 1 + random.nextInt(8)))
              .toList();
      GlobSet set = new GlobSet(globs);
      for (int j = 0; j < 5; j++) {
        String text = letters(random, "ab", random.nextInt(10));
        assertThat(set.first(text)).as("%s on %s", globs, text).isEqualTo(slowly(globs, text));
      }
    }
  }

  private static int slowly(List<String> globs, String text) {
    return IntStream.range(0, globs.size())
        .filter(i -> Pattern.matches(regex(globs.get(i)), text))
        .findFirst()
        .orElse(-1);
  }

  private static String regex(String glob) {
    return glob.chars()
        .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Character.toString(c))
        .collect(Collectors.joining());
  }

  private static String letters(Random random, String alphabet, int length) {
    return random
        .ints(length, 0, alphabet.length())
        .mapToObj(i -> alphabet.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  /** Globs that never match and can begin anywhere: a search glob by glob would be quadratic. */
  @Test
  void hostileGlobsTakeTimeInProportionToTheText() {
    List<String> globs = new ArrayList<>();
    String hostile = "*" + "?".repeat(120) + "Z";
    while ((globs.size() + 1) * hostile.length() <= Bounds.OVERRIDE_WILDCARDS_MAX) {
      globs.add(hostile);
    }
    GlobSet set = new GlobSet(globs);
    String text = "a".repeat(250) + ":1";
    long before = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      assertThat(set.first(text)).isEqualTo(-1);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - before);
    System.out.printf("GlobSetTest: 1,000 long texts in %d ms%n", took.toMillis());
    // Some 70 ms on a quiet machine; a search by each glob takes 640 ms for one text.
    assertThat(took).isLessThan(Duration.ofSeconds(10));
  }
}
