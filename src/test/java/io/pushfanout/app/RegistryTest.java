package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.checkpoint.Checkpoint;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.connect.EventLoops;
import io.pushfanout.connect.NettyConnector;
import io.pushfanout.connect.TlsProfiles;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.queue.MemoryBudget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A registry without a reachable etcd; DiscoveryIT has one. */
class RegistryTest {
  private static final String NOBODY = "http://127.0.0.1:1";
  private static final Instant SAVED = Instant.parse("2026-11-22T10:00:00Z");

  private final AtomicLong nanos = new AtomicLong();

  private final EventLoops loops = new EventLoops();
  private final ScheduledExecutorService thread = Threads.scheduler("applier");
  private final FanoutEngine engine =
      new FanoutEngine(
          new NettyConnector(loops, TlsProfiles.NONE, 0),
          new Totals(),
          MemoryBudget.unlimited(),
          new RoomIndex(1000),
          thread,
          System::nanoTime,
          null);
  private final Registry registry =
      new Registry(
          listener ->
              new Discoveries(
                  EtcdOptions.parse(List.of(NOBODY)),
                  () -> ClusterAccess.of(Map.of("KUBECONFIG", "missing")),
                  listener),
          new DesiredState(engine, thread, System::nanoTime),
          Map.of("chat", new Checkpoint<>(SAVED, Set.of(new NodeAddress("127.0.0.1", 1)))),
          nanos::get,
          Clock.fixed(SAVED.plusSeconds(60), ZoneOffset.UTC));

  @AfterEach
  void close() {
    registry.close();
    thread.shutdownNow();
    loops.close();
  }

  @Test
  void beforeThereAreSpecsNothingIsLookedFor() {
    assertThat(registry.unanswered()).isEmpty();
    assertThat(registry.view()).isEmpty();
  }

  @Test
  void theServicesOfTheSpecsAreLookedForEachOnceAndNoOthers() {
    registry.serve(List.of(etcd("a", "chat"), etcd("b", "game"), etcd("c", "chat"), fixed("d")));
    assertThat(registry.unanswered()).containsOnlyKeys("chat", "game");
    assertThat(registry.view()).containsOnlyKeys("chat", "game");
    assertThat(registry.view().values()).allMatch(found -> found.isEmpty());

    registry.serve(List.of(etcd("b", "game"), fixed("d")));
    assertThat(registry.unanswered()).containsOnlyKeys("game");
    assertThat(registry.view()).containsOnlyKeys("game");

    registry.serve(List.of(fixed("d")));
    assertThat(registry.unanswered()).isEmpty();
  }

  @Test
  void theReasonOfAnUnansweredServiceIsReported() {
    registry.serve(List.of(etcd("a", "chat")));

    await().until(() -> "Connection refused".equals(registry.unanswered().get("chat")));
  }

  @Test
  void eachRegistryHasItsOwnSources() {
    Discovery slices =
        new Discovery.EndpointSlices("prod", "chat", "grpc", Discovery.Watched.DEFAULT_GRACE);
    FanoutSpec spec = spec("b", slices);
    registry.serve(List.of(etcd("a", "chat"), spec));
    String source = "endpointSlices:prod/chat:grpc";
    assertThat(registry.unanswered()).containsOnlyKeys("chat", source);
    assertThat(registry.registryOf("chat")).isEqualTo("etcd");
    assertThat(registry.registryOf(source)).isEqualTo("the API server");
    assertThat(registry.sourceOf(spec.name())).contains(source);

    await().until(() -> String.valueOf(registry.unanswered().get(source)).contains("missing"));
    assertThat(registry.whyUnknown(spec.name()).orElseThrow())
        .startsWith("the API server has not answered yet (");
    await().atMost(Duration.ofSeconds(20)).until(() -> registry.hasGivenUp(spec.name()));
    assertThat(registry.hasGivenUp(etcd("a", "chat").name()))
        .as("a start waits for etcd")
        .isFalse();
  }

  @Test
  void afterCloseItIsNotAnswered() {
    registry.serve(List.of(etcd("a", "chat")));
    registry.close();
    registry.serve(List.of(etcd("a", "chat"), etcd("b", "game")));

    assertThat(registry.unanswered()).containsOnlyKeys("chat", "game");
    assertThat(registry.unanswered().values()).containsOnly("no answer yet");
  }

  @Test
  void aServiceThatReturnsIsServedFromItsSavedNodesAgain() {
    registry.serve(List.of(etcd("a", "chat"), etcd("b", "game")));
    awaitFallback();
    assertThat(registry.unanswered()).containsOnlyKeys("game");
    assertThat(registry.lastGood()).as("etcd has not confirmed them").isEmpty();

    await().until(this::isForgotten);
    assertThat(registry.restoredAges()).isEmpty();
    awaitFallback();
    assertThat(registry.view().get("chat")).isPresent();
  }

  private void awaitFallback() {
    registry.fallBack();
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    registry.fallBack();
    assertThat(registry.restoredAges()).containsExactly(Map.entry("chat", Duration.ofSeconds(60)));
  }

  /** Serves the service again, and nothing if discovery has not reported the gap before. */
  private boolean isForgotten() {
    registry.serve(List.of(etcd("a", "chat")));
    boolean forgotten = registry.unanswered().containsKey("chat");
    if (!forgotten) {
      registry.serve(List.of());
    }
    return forgotten;
  }

  private static FanoutSpec etcd(String name, String service) {
    return spec(name, new Discovery.Etcd(service, Duration.ZERO));
  }

  private static FanoutSpec fixed(String name) {
    return spec(name, new Discovery.Static(Set.of(new NodeAddress("127.0.0.1", 1))));
  }

  private static FanoutSpec spec(String name, Discovery discovery) {
    return FanoutSpec.of(new FanoutName("default", name), FanoutSettings.DEFAULT, discovery);
  }
}
