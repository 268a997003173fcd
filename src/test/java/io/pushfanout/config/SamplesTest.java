package io.pushfanout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplesTest {
  static List<Path> valid() throws IOException {
    return Samples.valid();
  }

  static List<Path> invalid() throws IOException {
    return Samples.invalid();
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("examples/config"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource({"valid", "examples"})
  void aGoodFileHasNoProblems(Path sample) throws IOException {
    assertThat(ResourceReader.read(Files.readAllBytes(sample)).problems()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void aBadFileHasAllTheProblemsOfItsFirstLinesAndNoOthers(Path sample) throws IOException {
    ParseResult reading = ResourceReader.read(Files.readAllBytes(sample));

    assertThat(reading.problems())
        .map(p -> "%d: %s: %s".formatted(p.line(), p.field(), p.message()))
        .containsExactlyElementsOf(Samples.expectedProblems(sample));
    assertThat(reading.fanouts()).isEmpty();
  }

  @Test
  void examplesGoTogetherInOneDirectory() {
    Validation validation = Validation.of(List.of(Path.of("examples/config")));

    assertThat(validation.valid()).as("%s", validation.lines()).isTrue();
  }
}
