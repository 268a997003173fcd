package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeployExamplesTest {
  /** The manifests hold other kinds too, for kubectl. */
  @Test
  void everyExampleIsValid() throws Exception {
    List<String> command = new ArrayList<>(List.of("validate"));
    try (Stream<Path> files = Files.list(Path.of("deploy", "examples"))) {
      for (Path file : files.sorted().toList()) {
        command.add(file.toString());
      }
    }
    command.add(Path.of("deploy", "try").toString());

    String two =
        "deploy/examples/two-tenants.yaml: 2 PushFanouts, valid; other kinds, which kubectl takes"
            + " and --config refuses, are not checked: Namespace";

    CommandRun run = CommandRun.of(command.toArray(String[]::new));

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).hasSizeGreaterThan(command.size()).contains(two);
  }

  @Test
  void theNodesOfTheTrialTakeTheirArguments() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("node"));
    Files.readAllLines(Path.of("deploy", "try", "connect-nodes.yaml")).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("- --"))
        .map(line -> line.substring(2))
        .forEach(arguments::add);

    assertThat(arguments).contains("--bind=0.0.0.0");
    assertThat(CommandRun.read(NodeCommand.class, Map.of(), arguments.toArray(String[]::new)))
        .isNotNull();
  }
}
