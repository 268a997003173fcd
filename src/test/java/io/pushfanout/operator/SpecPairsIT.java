package io.pushfanout.operator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.chart.Chart;
import io.pushfanout.kube.Cluster;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.resource.PushFanout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Applies each valid spec after each other one: the server takes it, and keeps nothing of the
 * earlier spec. One command edits all pairs, each as a resource of its own.
 */
@ResourceLock(Cluster.LOCK)
class SpecPairsIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private static final SortedMap<String, String> SPECS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("none", "{}"),
              Map.entry("etcd", "{discovery: {etcd: {}}}"),
              Map.entry(
                  "etcd-of-a-name",
                  "{discovery: {etcd: {serviceName: chat, removalGracePeriod: 5s}}, workers: 3}"),
              Map.entry("static", "{discovery: {static: {nodes: ['a:1', 'b:1']}}}"),
              Map.entry(
                  "static-of-others",
                  "{discovery: {static: {nodes: ['b:1', 'c:1']}}, queueBytes: 1Mi}"),
              Map.entry("slices", "{discovery: {endpointSlices: {serviceName: chat}}}"),
              Map.entry("dns", "{discovery: {dns: {name: a.example, port: 7}}}"),
              Map.entry("tls", "{tls: {profile: internal}}"),
              Map.entry("tls-of-a-name", "{tls: {profile: other, serverName: node.example}}"),
              Map.entry("overrides", "{overrides: [{name: big, nodes: ['a*'], workers: 5}]}"),
              Map.entry("others", "{overrides: [{name: big, nodes: ['b*'], queueBytes: 2048}]}"),
              Map.entry(
                  "groups",
                  "{retry: {maxAttempts: 3}, delivery: {mode: Stream, linger: 4ms, target: all},"
                      + " overflowPolicy: Block}")));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"--server-side=false", "--server-side=true"})
  void byKubectl(String mode) {
    cluster.kubectl().runWith(all(true), "apply", mode, "-f", "-").ok();
    cluster.kubectl().runWith(all(false), "apply", mode, "-f", "-").ok();

    assertEachIsAsIfNothingHadBeenThere();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--server-side=false", "--server-side=true"})
  void byHelm(String mode) throws IOException {
    Files.createDirectories(folder.resolve("templates"));
    Files.writeString(
        folder.resolve("Chart.yaml"), "{apiVersion: v2, name: pairs, version: 1.0.0}\n");
    helm("install", mode, all(true));
    helm("upgrade", mode, all(false));

    assertEachIsAsIfNothingHadBeenThere();
  }

  private void helm(String command, String mode, String resources) throws IOException {
    Files.writeString(folder.resolve("templates/all.yaml"), resources);
    Chart.Run run =
        Chart.helm(
            List.of(
                command,
                "pairs",
                folder.toString(),
                mode,
                "--kubeconfig=" + cluster.file(cluster.server().admin()),
                "--namespace=" + cluster.namespace()));
    assertThat(run.code()).as(run.err()).isZero();
  }

  /** Fields of another manager stay, and a one-of does not permit both. */
  @Test
  void aSecondDiscoveryOfAnotherWriterIsRefusedByName() {
    String resource = resource("mixed", "{discovery: {etcd: {serviceName: chat}}}");
    cluster
        .kubectl()
        .runWith(resource, "apply", "--server-side", "--field-manager=other", "-f", "-")
        .ok();

    assertThat(
            cluster
                .kubectl()
                .runWith(
                    resource("mixed", requireNonNull(SPECS.get("static"))),
                    "apply",
                    "--server-side",
                    "-f",
                    "-")
                .err())
        .contains("spec.discovery", "must have exactly one of " + Discovery.KINDS);
  }

  private static String all(boolean first) {
    List<String> resources = new ArrayList<>();
    SPECS.forEach(
        (before, spec) ->
            SPECS.forEach(
                (after, other) ->
                    resources.add(resource(before + "." + after, first ? spec : other))));
    return String.join("---\n", resources);
  }

  private static String resource(String name, String spec) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {name: %s, namespace: %s}
    spec: %s
    """
        .formatted(name, cluster.namespace(), spec);
  }

  private static void assertEachIsAsIfNothingHadBeenThere() {
    Map<String, FanoutSpec> found = new TreeMap<>();
    for (PushFanout resource :
        cluster
            .client()
            .resources(PushFanout.class)
            .inNamespace(cluster.namespace())
            .list()
            .getItems()) {
      found.put(resource.getMetadata().getName(), alike(resource));
    }
    assertThat(found).hasSize(SPECS.size() * SPECS.size());
    for (String after : SPECS.keySet()) {
      for (String before : SPECS.keySet()) {
        FanoutSpec edited = requireNonNull(found.get(before + "." + after));
        FanoutSpec never = requireNonNull(found.get(after + "." + after));
        assertThat(edited).as("%s after %s", after, before).isEqualTo(named(never, edited));
      }
    }
  }

  private static FanoutSpec alike(PushFanout resource) {
    FanoutSpec spec = SpecMapping.read(resource);
    return named(spec, spec);
  }

  private static FanoutSpec named(FanoutSpec spec, FanoutSpec as) {
    return new FanoutSpec(
        as.name(), 1, Instant.EPOCH, spec.settings(), spec.overrides(), spec.discovery());
  }
}
