package io.pushfanout.operator;

import static io.pushfanout.operator.Observed.entry;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.kube.Cluster;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeState;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The status on a real API server, with clocks that the test advances. */
@ResourceLock(Cluster.LOCK)
class StatusIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private static final Instant BEGIN = Instant.parse("2026-11-22T10:00:00Z");

  private final AtomicLong nanos = new AtomicLong();
  private final List<String> flips = new ArrayList<>();
  private StatusWriter writer;
  private Replicas replicas;
  private ReplicaReports reports;
  private StatusAggregator aggregator;

  @BeforeEach
  void begin() {
    writer = new StatusWriter(cluster.client(), "push", nanos::get);
    Leases leases = new Leases(cluster.client(), cluster.namespace(), "push", Clock.systemUTC());
    replicas = new Replicas(leases, "a", nanos::get);
    reports = new ReplicaReports("a", writer, nanos::get);
    aggregator = summariesAt(BEGIN);
    replicas.tick();
    replicas.look();
    PushFanout resource = new PushFanout();
    resource.setMetadata(
        new ObjectMetaBuilder().withNamespace(cluster.namespace()).withName("chat").build());
    cluster.client().resource(resource).create();
  }

  @Test
  void anEntryAndASummaryStandSideBySideAndNeitherUndoesTheOther() {
    report(2);
    summarize(2);
    report(3);

    assertThat(entryOf("a").nodes()).isEqualTo(2);
    assertThat(stored().getStatus().nodes()).isEqualTo(2);
    assertThat(condition("Ready").getStatus()).isEqualTo("True");
  }

  @Test
  void numbersOfNodesAreWrittenAtMostEveryFiveSeconds() {
    report(1);
    String written = version();
    report(2);
    assertThat(version()).isEqualTo(written);

    nanos.addAndGet(WriteThrottle.PERIOD.toNanos());
    report(2);
    assertThat(entryOf("a").nodes()).isEqualTo(2);
  }

  @Test
  void aConditionKeepsTheTimeOfItsLastFlip() {
    report(1);
    summarize(1);
    String since = condition("Ready").getLastTransitionTime();
    nanos.addAndGet(WriteThrottle.PERIOD.toNanos());
    report(2);
    aggregator = summariesAt(BEGIN.plusSeconds(3600));
    summarize(2);

    assertThat(condition("Ready").getLastTransitionTime())
        .isEqualTo(since)
        .isEqualTo(BEGIN.toString());
    assertThat(stored().getStatus().nodes()).isEqualTo(2);
  }

  @Test
  void anEntryOfAnotherWriterIsRemovedToo() {
    report(1);
    handle()
        .editStatus(
            resource -> {
              resource.setStatus(
                  new PushFanoutStatus(
                      null,
                      null,
                      null,
                      null,
                      null,
                      List.of(
                          resource.getStatus().entries().get("a"), entry("ghost", 1, 9, 9, 9))));
              return resource;
            });
    summarize(1);
    assertThat(stored().getStatus().entries()).containsKeys("a", "ghost");

    for (int second = 0; second < 50; second++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      replicas.tick();
      summarize(1);
    }

    assertThat(stored().getStatus().entries()).containsOnlyKeys("a");
    assertThat(stored().getStatus().nodes()).isEqualTo(1);
  }

  @Test
  void aResourceThatIsNoLongerServedKeepsNothingOfOurs() {
    report(1);
    summarize(1);
    reports.write(List.of(), Map.of());
    aggregator.write(List.of(), Map.of());

    PushFanoutStatus left = stored().getStatus();
    assertThat(left == null || (left.entries().isEmpty() && left.conditions() == null)).isTrue();
  }

  @Test
  void anOccurrenceIsAnEventOfTheResource() {
    new EventWriter(cluster.client(), "a", Clock.systemUTC())
        .write(stored(), new EventRecord(EventRecord.Reason.QUEUE_FULL, "3 messages\ndropped"));

    Event event =
        cluster
            .client()
            .v1()
            .events()
            .inNamespace(cluster.namespace())
            .list()
            .getItems()
            .getFirst();
    assertThat(event.getInvolvedObject().getUid()).isEqualTo(stored().getMetadata().getUid());
    assertThat(event.getReason()).isEqualTo("QueueFull");
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getMessage()).isEqualTo("3 messages\\ndropped");
    assertThat(cluster.kubectl().run("describe", "pf", "chat", "-n", cluster.namespace()).ok())
        .contains("QueueFull");
  }

  @Test
  void conditionsAreUnknownAfterTheLastReplicaEnds() {
    report(1);
    summarize(1);
    aggregator.leave(List.of(chat()));
    reports.withdraw(List.of(chat()));

    assertThat(stored().getStatus().nodes()).isZero();
    assertThat(stored().getStatus().entries()).isEmpty();
    assertThat(condition("Accepted").getStatus()).isEqualTo("True");
    assertThat(stored().getStatus().conditions())
        .filteredOn(condition -> !condition.getType().equals("Accepted"))
        .hasSize(5)
        .allMatch(condition -> condition.getStatus().equals("Unknown"));
    assertThat(flips).containsExactly("NotReady: no replica of PushFanout is running");

    aggregator = summariesAt(BEGIN.plusSeconds(60));
    nanos.addAndGet(WriteThrottle.PERIOD.toNanos());
    report(1);
    summarize(1);
    assertThat(condition("Ready").getStatus()).isEqualTo("True");
    assertThat(flips).hasSize(2).last().isEqualTo("Ready: broadcasts reach its nodes");
  }

  @Test
  void eachFlipOfAConditionIsWritten() {
    report(1);
    summarize(1);
    assertThat(flips).as("the first is none").isEmpty();
    aggregator.write(
        List.of(chat()), Map.of(name(), Observed.degraded(requireNonNull(running(1).get(name())))));
    summarize(1);

    assertThat(flips)
        .containsExactly(
            "DiscoveryLost: the last good nodes stay in force",
            "NotReady: the last good nodes stay in force",
            "DiscoveryRestored: its nodes are known",
            "Ready: broadcasts reach its nodes");
  }

  @Test
  void numbersOfAnotherWriterAreOverwritten() {
    report(1);
    summarize(1);
    handle()
        .editStatus(
            resource -> {
              resource.setStatus(
                  new PushFanoutStatus(
                      9L,
                      resource.getStatus().conditions(),
                      9,
                      9,
                      9,
                      List.of(entry("a", 9, 9, 9, 9))));
              return resource;
            });
    nanos.addAndGet(WriteThrottle.PERIOD.toNanos());
    report(1);
    summarize(1);

    assertThat(entryOf("a")).isEqualTo(entry("a", 1, 1, 1, 0));
    assertThat(stored().getStatus().observedGeneration()).isEqualTo(1);
    assertThat(stored().getStatus().nodes()).isEqualTo(1);
  }

  private StatusAggregator summariesAt(Instant now) {
    return new StatusAggregator(
        writer,
        replicas,
        () -> true,
        (_, flip) -> flips.add(flip.reason().label() + ": " + flip.message()),
        Clock.fixed(now, ZoneOffset.UTC),
        nanos::get);
  }

  private static FanoutName name() {
    return new FanoutName(cluster.namespace(), "chat");
  }

  private void report(int nodes) {
    reports.write(List.of(chat()), running(nodes));
  }

  private void summarize(int nodes) {
    aggregator.write(List.of(chat()), running(nodes));
  }

  private static Map<FanoutName, FanoutSnapshot> running(int nodes) {
    return Map.of(
        name(),
        Observed.fanout(
            IntStream.rangeClosed(1, nodes)
                .mapToObj(port -> Observed.node("n:" + port, NodeState.CONNECTED))
                .toArray(NodeSnapshot[]::new)));
  }

  private static TrackedResource chat() {
    return Observed.read(stored(), null);
  }

  private static PushFanout stored() {
    return handle().get();
  }

  private static String version() {
    return stored().getMetadata().getResourceVersion();
  }

  private static ReplicaStatus entryOf(String replica) {
    return Objects.requireNonNull(stored().getStatus().entries().get(replica));
  }

  private static Condition condition(String type) {
    return Objects.requireNonNull(stored().getStatus().conditions()).stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static Resource<PushFanout> handle() {
    return cluster
        .client()
        .resources(PushFanout.class)
        .inNamespace(cluster.namespace())
        .withName("chat");
  }
}
