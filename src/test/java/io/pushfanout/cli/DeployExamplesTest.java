package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployExamplesTest {
  @TempDir Path dir;

  @Test
  void everyExampleIsValid() throws Exception {
    List<String> command = new ArrayList<>(List.of("validate"));
    try (Stream<Path> files = Files.list(Path.of("deploy", "examples"))) {
      for (Path file : files.sorted().toList()) {
        command.add(fanoutsOf(file).toString());
      }
    }
    command.add(fanoutsOf(Path.of("deploy", "try", "fanout.yaml")).toString());

    CommandRun run = CommandRun.of(command.toArray(String[]::new));

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).hasSize(command.size() - 1).hasSizeGreaterThan(5);
  }

  /** Copies a file without what is for kubectl alone, such as the namespaces. */
  private Path fanoutsOf(Path file) throws IOException {
    String fanouts =
        Stream.of(Files.readString(file).split("\n---\n", -1))
            .filter(document -> document.contains("kind: PushFanout"))
            .collect(Collectors.joining("\n---\n"));
    return Files.writeString(dir.resolve(file.getFileName()), fanouts);
  }

  @Test
  void theNodesOfTheTrialTakeTheirArguments() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("node"));
    Files.readAllLines(Path.of("deploy", "try", "connect-nodes.yaml")).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("- --"))
        .map(line -> line.substring(2))
        .map(line -> line.replace("$(POD_NAME)", "node-0").replace("$(POD_NAMESPACE)", "try"))
        .forEach(arguments::add);

    assertThat(arguments)
        .contains(
            "--advertise=node-0.connect-node.try.svc:50052", "--etcd-endpoints=http://etcd:2379");
    assertThat(CommandRun.read(NodeCommand.class, Map.of(), arguments.toArray(String[]::new)))
        .isNotNull();
  }
}
