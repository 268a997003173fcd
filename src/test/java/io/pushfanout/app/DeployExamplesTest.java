package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeployExamplesTest {
  @Test
  void everyExampleIsValid() throws Exception {
    List<String> command = new ArrayList<>(List.of("validate"));
    try (Stream<Path> files = Files.list(Path.of("deploy", "examples"))) {
      files.map(Path::toString).sorted().forEach(command::add);
    }

    CommandRun run = CommandRun.of(command.toArray(String[]::new));

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).hasSize(command.size() - 1).hasSizeGreaterThan(5);
  }
}
