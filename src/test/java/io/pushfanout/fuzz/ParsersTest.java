package io.pushfanout.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks the parsers of outside input with the kept seeds, with changes of them, and with a quarter
 * of a megabyte of one text. {@code mvn test -Pfuzz} searches new seeds.
 */
@Execution(ExecutionMode.CONCURRENT)
class ParsersTest {
  private static final int CHANGES_OF_ALL_SEEDS = 500;
  private static final int LARGE = 256 << 10;
  private static final int LARGE_SEEDS = 6;

  /** A linear parser takes milliseconds, a quadratic one hours. */
  private static final Duration LARGE_TAKES = Duration.ofSeconds(60);

  static Stream<FuzzTarget> targets() {
    return FuzzTargets.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void theKeptSeeds(FuzzTarget target) throws IOException {
    List<Path> seeds = Seeds.of(target);
    assertThat(seeds).isNotEmpty();
    for (Path seed : seeds) {
      take(target, Files.readAllBytes(seed), seed.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void changesOfSeeds(FuzzTarget target) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (Path seed : Seeds.of(target)) {
      seeds.add(Files.readAllBytes(seed));
    }
    Mutations mutations = new Mutations(20260817);
    for (int i = 0; i < CHANGES_OF_ALL_SEEDS; i++) {
      byte[] seed = seeds.get(i % seeds.size());
      byte[] other = seeds.get((i * 7 + 3) % seeds.size());
      take(target, mutations.of(seed, other), "change " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void muchOfOneThingTakesNoTime(FuzzTarget target) {
    for (String piece : Mutations.REPEATED) {
      byte[] large = piece.repeat(LARGE / piece.length()).getBytes(UTF_8);
      assertTimeoutPreemptively(
          LARGE_TAKES, () -> take(target, large, "much of " + piece), () -> piece);
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void muchOfOneSeedTakesNoTime(FuzzTarget target) throws IOException {
    List<Path> seeds = Seeds.of(target);
    for (int i = 0; i < seeds.size(); i += 1 + seeds.size() / LARGE_SEEDS) {
      Path seed = seeds.get(i);
      byte[] one = Files.readAllBytes(seed);
      byte[] large = new byte[LARGE];
      for (int at = 0; at < LARGE && one.length > 0; at++) {
        large[at] = one[at % one.length];
      }
      assertTimeoutPreemptively(
          LARGE_TAKES, () -> take(target, large, "much of " + seed), seed::toString);
    }
  }

  private static void take(FuzzTarget target, byte[] input, String what) {
    try {
      target.take(input);
    } catch (Exception | Error e) {
      String shown =
          input.length > 2000 ? input.length + " bytes" : HexFormat.of().formatHex(input);
      throw new AssertionError("%s, %s: %s".formatted(target.name(), what, shown), e);
    }
  }
}
