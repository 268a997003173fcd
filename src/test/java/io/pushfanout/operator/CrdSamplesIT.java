package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.pushfanout.config.Samples;
import io.pushfanout.kube.Cluster;
import io.pushfanout.kube.Kubectl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The file reader's samples, applied: the API server takes and refuses what {@code validate} takes
 * and refuses, which {@code SamplesTest} shows.
 */
@ResourceLock(Cluster.LOCK)
class CrdSamplesIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  /** Good files that are no input for a server. */
  private static final List<String> FILES_ONLY =
      List.of("valid-empty.yaml", "valid-empty-documents.yaml");

  /** Bad files that the server takes, and why. */
  private static final Map<String, String> TAKEN =
      Map.of(
          "invalid-empty-values.yaml", "null is as good as left out",
          "invalid-key-twice.yaml", "kubectl sends the last one",
          "invalid-merge-key.yaml", "kubectl merges",
          "invalid-static-node-twice.yaml", "it does not know two spellings of one address");

  private static final Pattern FIELD = Pattern.compile("\\d+: (\\S+): .*");
  private static final Pattern IN_A_LIST = Pattern.compile("(.*)\\[\\d+]\\.(\\w+)");

  @BeforeAll
  static void makeNamespacesOfTheSamples() {
    for (String name : List.of("prod", "other")) {
      cluster.kubectl().run("create", "namespace", name);
    }
  }

  @Test
  void theServerTakesTheGoodSamples() throws IOException {
    List<String> command = new ArrayList<>(List.of("create", "--dry-run=server"));
    List<Path> samples =
        Samples.valid().stream()
            .filter(sample -> !FILES_ONLY.contains(sample.getFileName().toString()))
            .toList();
    samples.forEach(sample -> command.addAll(List.of("-f", sample.toString())));
    assertThat(samples).hasSizeGreaterThan(8);

    cluster.kubectl().run(command.toArray(String[]::new)).ok();
  }

  /** Those whose problems are all in the spec, and not in how the file is written. */
  private static Stream<Path> badSpecs() throws IOException {
    return Samples.invalid().stream()
        .filter(sample -> !TAKEN.containsKey(sample.getFileName().toString()))
        .filter(sample -> fields(sample).stream().allMatch(field -> field.startsWith("spec.")));
  }

  @TestFactory
  Stream<DynamicTest> theServerRefusesABadSpecAndNamesItsFields() throws IOException {
    return badSpecs()
        .map(sample -> dynamicTest(sample.getFileName().toString(), () -> assertRefused(sample)));
  }

  private static void assertRefused(Path sample) {
    Kubectl.Answer answer =
        cluster.kubectl().run("create", "--dry-run=server", "-f", sample.toString());

    assertThat(answer.exit()).as("%s", answer).isNotZero();
    List<String> fields = fields(sample);
    List<String> named = fields.stream().filter(field -> names(answer.err(), field)).toList();
    if (answer.err().contains("some validation rules were not checked")) {
      assertThat(named).as(answer.err()).isNotEmpty();
    } else {
      assertThat(named).as(answer.err()).isEqualTo(fields);
    }
  }

  @Test
  void theServerRefusesANameThatIsNoFanouts() {
    String sample = "src/test/resources/config/invalid-name-too-long.yaml";
    Kubectl.Answer answer = cluster.kubectl().run("create", "--dry-run=server", "-f", sample);

    assertThat(answer.exit()).isNotZero();
    assertThat(answer.err()).contains("metadata.name: must have at most 63 characters");
  }

  private static List<String> fields(Path sample) {
    try {
      return Samples.expectedProblems(sample).stream()
          .map(FIELD::matcher)
          .filter(Matcher::matches)
          .map(problem -> problem.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A rule of a list names the list, and says which field of its items it is about. */
  private static boolean names(String message, String field) {
    Matcher inAList = IN_A_LIST.matcher(field);
    return message.contains(field)
        || (inAList.matches()
            && message.contains(inAList.group(1) + ": ")
            && message.contains(inAList.group(2)));
  }
}
