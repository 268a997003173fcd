package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.kube.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The isolation between resources, and the conditions that a replica leaves behind. */
@ResourceLock(Cluster.LOCK)
class OperatorResourceIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String SCHEMA = "/spec/versions/0/schema/openAPIV3Schema";

  /** A schema of a later version: any spec, any status. */
  private static final String ANY =
      """
      {"type": "object", "properties": {"spec": {"x-kubernetes-preserve-unknown-fields": true},
      "status": {"x-kubernetes-preserve-unknown-fields": true}}}""";

  private static final String DEEP = "[".repeat(2000) + "]".repeat(2000);

  @Test
  void aResourceThatCannotBeReadCostsItselfAloneAndIsNamed() throws Exception {
    Installation installed = Installation.in(cluster);
    JsonNode ours = schema();
    try (EtcdServer etcd = EtcdServer.started()) {
      installed.applyFanout("good", "{workers: 3}");
      installed.applyFanout("edited", "{workers: 4}");
      try (ServeProcess serve = installed.replica("a", etcd)) {
        awaitCondition(installed, "good", "Ready", "True");
        setSchema(ANY);
        installed.patch("edited", "{\"spec\":{\"workers\":99999999999}}");
        installed.applyFanout("text", "{queueSize: '5'}");
        installed.applyFanout("list", "[1]");
        installed.applyFanout("deep", "{workers: 9, later: %s}".formatted(DEEP));
        status(installed, "good", "{\"nodes\": 99999999999, \"replicas\": \"none\"}");
        status(installed, "list", "{\"conditions\": {\"Ready\": 1e300}, \"nodes\": \"many\"}");
        status(installed, "text", "[[[5]]]");

        assertThat(awaitCondition(installed, "edited", "Accepted", "False").getMessage())
            .isEqualTo(
                "spec.workers: must be a whole number of 32 bits, is the number 99999999999");
        assertThat(awaitCondition(installed, "text", "Accepted", "False").getMessage())
            .startsWith("spec.queueSize: must be a whole number of 32 bits, is the string \"5\"");
        assertThat(awaitCondition(installed, "list", "Accepted", "False").getMessage())
            .isEqualTo("spec: must be an object, is a list");
        awaitWorkers(serve, installed, "deep", 9); // Other clients cannot read it.
        awaitNodes(installed, "good");
        installed.patch("good", "{\"spec\":{\"workers\":77}}");
        awaitWorkers(serve, installed, "good", 77);
        assertThat(workers(serve, installed, "edited")).as("the last good one").isEqualTo(4);
        assertThat(serve.stderr())
            .contains("PushFanout " + installed.namespace() + "/edited is not taken: workers: ");
        // A killed replica would keep the election for 15 s.
        serve.terminate();
        assertThat(serve.awaitExit(SOON)).isZero();
      }
      try (ServeProcess fresh = installed.replica("b", etcd)) {
        awaitWorkers(fresh, installed, "good", 77);
        awaitWorkers(fresh, installed, "deep", 9);
        // The current schema returns, and stored resources that it would reject remain.
        setSchema(ours.toString());
        installed.delete("edited");
        installed.applyFanout("late", "{workers: 5}");
        awaitWorkers(fresh, installed, "late", 5);
        awaitCondition(installed, "late", "Accepted", "True");
      }
    } finally {
      setSchema(ours.toString());
    }
  }

  @Test
  void aShortOutageLeavesItsEventsAndTheLastReplicaNoTruthBehind() throws Exception {
    Installation installed = Installation.in(cluster);
    try (EtcdServer etcd = EtcdServer.started()) {
      installed.applyFanout("chat", "{}");
      try (ServeProcess serve = installed.replica("a", etcd)) {
        awaitCondition(installed, "chat", "Ready", "True");
        etcd.kill();
        Thread.sleep(Duration.ofSeconds(3)); // The outage's length.
        etcd.start();
        awaitCondition(installed, "chat", "DiscoverySynced", "True");
        awaitEvent(installed, "DiscoveryLost");
        awaitEvent(installed, "DiscoveryRestored");

        serve.terminate();
        assertThat(serve.awaitExit(SOON)).isZero();
        assertThat(installed.condition("chat", "Ready"))
            .returns("Unknown", Condition::getStatus)
            .returns("NoReplica", Condition::getReason);
        assertThat(installed.condition("chat", "Programmed").getStatus()).isEqualTo("Unknown");
        assertThat(installed.get("chat").getStatus().entries()).isEmpty();
      }
    }
  }

  private static JsonNode schema() {
    return Serialization.unmarshal(
            cluster.kubectl().run("get", "crd", Cluster.CRD_NAME, "-o=json").ok(), JsonNode.class)
        .at(SCHEMA);
  }

  private static void setSchema(String schema) {
    cluster
        .kubectl()
        .run(
            "patch",
            "crd",
            Cluster.CRD_NAME,
            "--type=json",
            "-p",
            "[{\"op\":\"replace\",\"path\":\"%s\",\"value\":%s}]".formatted(SCHEMA, schema))
        .ok();
  }

  private static void status(Installation installed, String name, String status) {
    cluster
        .kubectl()
        .run(
            "patch",
            "pf",
            name,
            "-n",
            installed.namespace(),
            "--subresource=status",
            "--type=merge",
            "-p",
            "{\"status\":%s}".formatted(status))
        .ok();
  }

  private static Condition awaitCondition(
      Installation installed, String name, String type, String wanted) {
    return await()
        .alias(type + " of " + name + " is " + wanted)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> installed.condition(name, type), c -> wanted.equals(c.getStatus()));
  }

  private static void awaitNodes(Installation installed, String name) {
    await().atMost(SOON).until(() -> Objects.equals(installed.get(name).getStatus().nodes(), 0));
  }

  private static void awaitWorkers(
      ServeProcess serve, Installation installed, String name, int wanted) {
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> workers(serve, installed, name), workers -> workers == wanted);
  }

  private static int workers(ServeProcess serve, Installation installed, String name) {
    return serve.fanouts().stream()
        .filter(fanout -> fanout.name().equals(installed.namespace() + "/" + name))
        .findFirst()
        .orElseThrow()
        .settings()
        .getInteger("workers");
  }

  private static void awaitEvent(Installation installed, String reason) {
    await()
        .alias("an Event " + reason)
        .atMost(SOON)
        .until(
            () -> {
              List<Event> events =
                  cluster
                      .client()
                      .v1()
                      .events()
                      .inNamespace(installed.namespace())
                      .list()
                      .getItems();
              return events.stream().anyMatch(event -> event.getReason().equals(reason));
            });
  }
}
