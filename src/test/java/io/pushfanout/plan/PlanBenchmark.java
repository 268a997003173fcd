package io.pushfanout.plan;

import static java.util.stream.Collectors.toMap;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
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

/** A plan for 1,000 nodes of one fanout. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PlanBenchmark {
  private static final int NODES = 1000;
  private static final FanoutName NAME = FanoutName.DEFAULT;
  private static final FanoutSettings SETTINGS = FanoutSettings.DEFAULT;

  private final Map<NodeAddress, RunningNode> running =
      nodes().stream().collect(toMap(n -> n, _ -> new RunningNode(NAME, SETTINGS, false)));
  private final List<DesiredFanout> same = desired(SETTINGS);
  private final List<DesiredFanout> resized =
      desired(SETTINGS.toBuilder().workers(SETTINGS.workers() + 1).build());

  private static Set<NodeAddress> nodes() {
    return IntStream.range(0, NODES)
        .mapToObj(i -> new NodeAddress("node-%d.chat.svc".formatted(i), 50052))
        .collect(Collectors.toSet());
  }

  private static List<DesiredFanout> desired(FanoutSettings settings) {
    return List.of(DesiredFanout.ofNodes(NAME, settings, nodes()));
  }

  /** What a full list of the registry that changed nothing costs. */
  @Benchmark
  public Plan unchanged() {
    return Planner.plan(same, running);
  }

  /** Every node has to be resized. */
  @Benchmark
  public Plan resizedAll() {
    return Planner.plan(resized, running);
  }
}
