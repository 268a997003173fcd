package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.pushfanout.config.ResourceFiles;
import io.pushfanout.config.Samples;
import io.pushfanout.kube.Cluster;
import io.pushfanout.kube.Kubectl;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.resource.PushFanout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The file reader's samples in the API server. The server takes and refuses the same samples as
 * {@code validate}; {@code SamplesTest} tests that command.
 */
@ResourceLock(Cluster.LOCK)
class CrdSamplesIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  /** Good files that are no input for an API server. */
  private static final List<String> FILES_ONLY =
      List.of("valid-empty.yaml", "valid-empty-documents.yaml");

  /** Bad files that the server takes, each with the reason. */
  private static final Map<String, String> TAKEN =
      Map.of(
          "invalid-key-twice.yaml", "kubectl sends the last one",
          "invalid-merge-key.yaml", "kubectl merges",
          "invalid-static-node-twice.yaml", "it does not know two spellings of one address");

  private static final List<String> FIELDS =
      List.of(
          "workers: %s",
          "queueSize: %s",
          "queueBytes: %s",
          "overflowPolicy: %s",
          "rpcTimeout: %s",
          "messageTTL: %s",
          "retry: %s",
          "retry: {maxAttempts: %s}",
          "delivery: {mode: %s}",
          "delivery: {window: %s}",
          "delivery: {linger: %s}",
          "delivery: {target: %s}",
          "tls: %s",
          "tls: {profile: %s}",
          "tls: {profile: a, serverName: %s}",
          "discovery: %s",
          "discovery: {etcd: %s}",
          "discovery: {etcd: {serviceName: %s}}",
          "discovery: {etcd: {removalGracePeriod: %s}}",
          "discovery: {endpointSlices: %s}",
          "discovery: {endpointSlices: {serviceName: %s}}",
          "discovery: {endpointSlices: {serviceName: a, port: %s}}",
          "discovery: {endpointSlices: {serviceName: a, removalGracePeriod: %s}}",
          "discovery: {dns: %s}",
          "discovery: {dns: {srv: %s}}",
          "discovery: {dns: {name: %s, port: 1}}",
          "discovery: {dns: {name: a, port: %s}}",
          "discovery: {dns: {srv: a, refresh: %s}}",
          "discovery: {static: %s}",
          "discovery: {static: {nodes: ['a:1']}, etcd: %s}",
          "discovery: {static: {nodes: [%s]}}",
          "overrides: %s",
          "overrides: [%s]",
          "overrides: [{name: a, nodes: ['*'], workers: %s}]",
          "overrides: [{name: a, nodes: ['*'], queueBytes: %s}]",
          "overrides: [{name: %s, nodes: ['*'], workers: 1}]",
          "overrides: [{name: a, nodes: %s, workers: 1}]",
          "unknown: %s");

  private static final List<String> VALUES =
      List.of(
          "null",
          "~",
          "",
          "''",
          "5",
          "'5'",
          "0",
          "-1",
          "10.0",
          "1e1",
          "1e3",
          "2e3",
          "1.5",
          "4e6",
          "1e21",
          "2048",
          "2147483648",
          "99999999999",
          "true",
          "[]",
          "{}",
          "[null]",
          "[a]",
          "5s",
          "'5s'",
          "5ms",
          "64Mi",
          "a",
          "all",
          "Auto",
          "'a:1'",
          "'A:1'",
          "'*'",
          "Block",
          "chat-node");

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

    command.add("-o=json");
    String created = cluster.kubectl().run(command.toArray(String[]::new)).ok();

    assertThat(specs(created)).containsExactlyInAnyOrderElementsOf(ofFiles(samples));
  }

  /** Returns the specs that the operator reads, with every default that the server adds. */
  private static List<FanoutSpec> specs(String created) throws IOException {
    ObjectMapper json = new ObjectMapper();
    new KubernetesSerialization(json, false);
    return json.readerFor(PushFanout.class).<PushFanout>readValues(created).readAll().stream()
        .map(SpecMapping::read)
        .map(
            spec ->
                new FanoutSpec(
                    spec.name(),
                    1,
                    Instant.EPOCH,
                    spec.settings(),
                    spec.overrides(),
                    spec.discovery()))
        .toList();
  }

  private static List<FanoutSpec> ofFiles(List<Path> samples) throws IOException {
    List<FanoutSpec> specs = new ArrayList<>();
    for (Path sample : samples) {
      specs.addAll(ResourceFiles.read(Files.readAllBytes(sample)).orElseThrow());
    }
    return specs;
  }

  /** Returns the files whose problems are all in the spec, and not in the form of the file. */
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

  /** Specs with fields of every type, and of none, with values of every type. */
  @Test
  void theServerAcceptsTheSameRandomSpecsAsFiles() {
    Random random = new Random(15);
    List<String> files =
        IntStream.range(0, 250)
            .mapToObj(
                i ->
                    """
      apiVersion: pushfanout.io/v1alpha1
      kind: PushFanout
      metadata: {name: r%d}
      spec:
        %s
      """
                        .formatted(i, field(random)))
            .toList();
    Kubectl.Answer answer =
        cluster
            .kubectl()
            .runWith(String.join("---\n", files), "create", "--dry-run=server", "-f", "-");

    List<String> byServer =
        IntStream.range(0, files.size())
            .filter(i -> answer.out().contains("/r" + i + " created"))
            .mapToObj(files::get)
            .toList();
    assertThat(byServer)
        .hasSizeBetween(25, 225)
        .containsExactlyElementsOf(files.stream().filter(CrdSamplesIT::isTaken).toList());
  }

  private static boolean isTaken(String file) {
    return ResourceFiles.read(file.getBytes(StandardCharsets.UTF_8)).isPresent();
  }

  private static String field(Random random) {
    return FIELDS
        .get(random.nextInt(FIELDS.size()))
        .formatted(VALUES.get(random.nextInt(VALUES.size())));
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

  /**
   * Returns whether a message names a field. A rule of a list names the list and the field of its
   * items.
   */
  private static boolean names(String message, String field) {
    Matcher inAList = IN_A_LIST.matcher(field);
    return message.contains(field)
        || (inAList.matches()
            && message.contains(inAList.group(1) + ": ")
            && message.contains(inAList.group(2)));
  }
}
