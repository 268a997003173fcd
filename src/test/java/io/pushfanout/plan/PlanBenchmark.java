package io.pushfanout.plan;

import static java.util.stream.Collectors.toMap;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.plan.Planner.RunningNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A plan for 1,000 nodes of one fanout, and for 10,000 with all overrides that the bounds allow.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PlanBenchmark {
  private static final int NODES = 1000;
  private static final int MANY = 10_000;
  private static final FanoutName NAME = FanoutName.DEFAULT;
  private static final FanoutSettings SETTINGS = FanoutSettings.DEFAULT;

  private final Map<NodeAddress, RunningNode> running =
      nodes().stream().collect(toMap(n -> n, _ -> new RunningNode(NAME, SETTINGS, false)));
  private final List<DesiredFanout> same = desired(SETTINGS);
  private final List<DesiredFanout> resized =
      desired(SETTINGS.toBuilder().workers(SETTINGS.workers() + 1).build());

  private final FanoutSpec hostile =
      new FanoutSpec(NAME, 1, Instant.EPOCH, SETTINGS, overrides(), new Discovery.Static(nodes(1)));
  private final Discovered many = Discovered.of(nodes(MANY));
  private final List<DesiredFanout> known = List.of(hostile());

  private static Set<NodeAddress> nodes() {
    return nodes(NODES);
  }

  private static Set<NodeAddress> nodes(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new NodeAddress("node-%d.chat.svc".formatted(i), 50052))
        .collect(Collectors.toSet());
  }

  private static List<DesiredFanout> desired(FanoutSettings settings) {
    return List.of(DesiredFanout.ofNodes(NAME, settings, nodes()));
  }

  /** The cost of a full list of the registry without a change. */
  @Benchmark
  public Plan unchanged() {
    return Planner.plan(same, running);
  }

  /** Every node has to be resized. */
  @Benchmark
  public Plan resizedAll() {
    return Planner.plan(resized, running);
  }

  /** The largest number of globs; globs with wildcards never match and can begin anywhere. */
  private static List<NodeOverride> overrides() {
    int wildcards = Bounds.OVERRIDE_WILDCARDS_MAX / "*?????????????Z".length();
    return IntStream.range(0, Bounds.OVERRIDES_MAX)
        .mapToObj(
            i ->
                new NodeOverride(
                    "o" + i,
                    IntStream.range(0, Bounds.OVERRIDE_NODES_MAX)
                        .mapToObj(
                            j ->
                                i * Bounds.OVERRIDE_NODES_MAX + j < wildcards
                                    ? "*?????????????z"
                                    : "other-%d-%d.chat.svc:1".formatted(i, j))
                        .toList(),
                    1 + i,
                    null,
                    null,
                    null))
        .toList();
  }

  private DesiredFanout hostile() {
    return DesiredFanout.of(
        hostile, new NodeSettings(hostile.settings(), hostile.overrides()), many);
  }

  /** The first plan after an edit of that resource. */
  @Benchmark
  public Plan hostileOverridesEdited() {
    return Planner.plan(List.of(hostile()), Map.of());
  }

  /** A plan after an edit of another. */
  @Benchmark
  public Plan hostileOverridesKnown() {
    return Planner.plan(known, Map.of());
  }
}
