package io.pushfanout.app;

import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.management.KubernetesSeries;
import io.pushfanout.management.Metrics;
import io.pushfanout.management.page.PageData.Replica;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.operator.KubernetesSource;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The spec source for {@code --kubernetes}. */
final class ResourceSource implements SpecSource {
  private final KubernetesSource cluster;

  ResourceSource(
      KubernetesOptions options,
      Checkpointed<List<FanoutSpec>> checkpoint,
      Taker taker,
      Supplier<List<FanoutSnapshot>> snapshots,
      Metrics metrics) {
    this.cluster = new KubernetesSource(options, checkpoint, taker, snapshots);
    metrics.register(new KubernetesSeries(() -> problem().isEmpty()));
  }

  @Override
  public void start() {
    cluster.start();
  }

  @Override
  public Optional<String> whyNotInForce() {
    return cluster.whyNotInForce();
  }

  @Override
  public Optional<String> problem() {
    return cluster.problem();
  }

  @Override
  public String origin(FanoutName fanout) {
    return "PushFanout " + fanout;
  }

  @Override
  public List<Replica> replicas(FanoutName fanout) {
    return cluster.replicas(fanout).stream().map(ResourceSource::replica).toList();
  }

  private static Replica replica(ReplicaStatus entry) {
    return new Replica(
        entry.name(),
        Objects.requireNonNullElse(entry.observedGeneration(), 0L),
        Objects.requireNonNullElse(entry.nodes(), 0),
        Objects.requireNonNullElse(entry.readyNodes(), 0),
        Objects.requireNonNullElse(entry.slowNodes(), 0));
  }

  @Override
  public void fallBack() {
    cluster.fallBack();
  }

  @Override
  public void leave() {
    cluster.leave();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
