package io.pushfanout.app;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.operator.KubernetesSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The resources of a cluster, which may take a while to answer. */
final class ResourceSource implements SpecSource {
  private final KubernetesSource cluster;

  ResourceSource(KubernetesOptions options, Taker taker, Supplier<List<FanoutSnapshot>> snapshots) {
    this.cluster = new KubernetesSource(options, taker, snapshots);
  }

  @Override
  public void start() {
    cluster.start();
  }

  @Override
  public Optional<String> whyNotInForce() {
    return cluster.listed()
        ? Optional.empty()
        : Optional.of(
            "the PushFanout resources have not been listed yet: " + cluster.whyNotListed());
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
