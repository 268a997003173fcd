package io.pushfanout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Good files with something wrong in them: each is read, and each problem has a line of it. */
class RandomFilesTest {
  private static final List<String> PIECES =
      List.of(
          "\n",
          " ",
          "  ",
          ":",
          ": ",
          "-",
          "- ",
          "[",
          "]",
          "{",
          "}",
          ",",
          "?",
          "&a ",
          "*a",
          "!",
          "!!x ",
          "|",
          ">",
          "'",
          "\"",
          "#",
          "%",
          "@",
          "`",
          "\t",
          "\r",
          "\\",
          "---\n",
          "...\n",
          "0",
          "-1",
          "null",
          "true",
          "1e9",
          "99999999999999999999",
          "\u0000",
          "\uFEFF",
          "\u2028",
          "é",
          "😀",
          "<<: *a\n",
          "spec:\n",
          "%YAML 9.9\n---\n",
          "%TAG ! x\n---\n",
          "\"\\uD800\"",
          "\"\\UFFFFFFFF\"");

  @Test
  @Timeout(120)
  void whateverIsChangedInAGoodFileItIsReadOrItsProblemsAreSaid() throws Exception {
    Random random = new Random(20250704);
    int good = 0;
    int bad = 0;
    List<byte[]> seeds = new ArrayList<>();
    for (Path sample : Samples.valid()) {
      seeds.add(Files.readAllBytes(sample));
    }
    for (int i = 0; i < 20_000; i++) {
      byte[] file = seeds.get(random.nextInt(seeds.size()));
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        file = change(file, random);
      }

      Reading reading = ResourceReader.read(file);

      long lines =
          new String(file, StandardCharsets.UTF_8)
              .split("\r\n|[\r\n\u0085\u2028\u2029]", -1)
              .length;
      assertThat(reading.problems())
          .as("%d: %s", i, new String(file, StandardCharsets.UTF_8))
          .allSatisfy(
              problem -> {
                assertThat(problem.line()).isBetween(1, (int) lines);
                assertThat(problem.field()).isNotEmpty();
                assertThat(problem.message()).isNotEmpty().doesNotContain("\n");
              })
          .isSortedAccordingTo((a, b) -> Integer.compare(a.line(), b.line()));
      if (reading.isGood()) {
        good++;
      } else {
        bad++;
      }
    }
    // Both happen often, so that neither is all that is tested.
    assertThat(good).isGreaterThan(1000);
    assertThat(bad).isGreaterThan(10_000);
  }

  private static byte[] change(byte[] file, Random random) {
    int from = random.nextInt(file.length + 1);
    int to = Math.min(file.length, from + random.nextInt(12));
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(file, 0, from);
    switch (random.nextInt(5)) {
      case 0 ->
          changed.writeBytes(
              PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8));
      case 1 -> {
        // What was there between the two is cut out.
      }
      case 2 -> {
        changed.write(file, from, to - from);
        changed.write(file, from, to - from);
      }
      case 3 -> changed.write(random.nextInt(256));
      default -> {
        // The file ends here.
        return changed.toByteArray();
      }
    }
    changed.write(file, to, file.length - to);
    return changed.toByteArray();
  }
}
