package io.pushfanout.app;

import io.pushfanout.checkpoint.SavedResources;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.management.KubernetesSeries;
import io.pushfanout.management.Metrics;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.operator.KubernetesSource;
import io.pushfanout.operator.LastGood;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spec source for {@code --kubernetes}. If the API server does not answer in time, the saved
 * resources are in force until it does.
 */
final class ResourceSource implements SpecSource {
  private static final Logger log = LoggerFactory.getLogger(ResourceSource.class);

  private final KubernetesSource cluster;
  private final String scope;
  private final @Nullable SavedResources saved;
  private final FallbackTimeout timeout = new FallbackTimeout(System::nanoTime);

  /** Set once, when the saved resources are served. */
  private volatile @Nullable Future<Void> savedInForce;

  /** Whether the first answer was logged; used by {@link #fallBack} only. */
  private boolean answerLogged;

  /**
   * @param saved the resources of an earlier process; ignored if they are of another scope
   */
  ResourceSource(
      KubernetesOptions options,
      @Nullable SavedResources saved,
      Taker taker,
      Supplier<List<FanoutSnapshot>> snapshots,
      Metrics metrics) {
    this.scope = options.scope();
    this.saved = ofScope(saved, scope);
    this.cluster =
        new KubernetesSource(
            options, this.saved == null ? List.of() : this.saved.specs(), taker, snapshots);
    metrics.register(new KubernetesSeries(() -> problem().isEmpty()));
  }

  static @Nullable SavedResources ofScope(@Nullable SavedResources saved, String scope) {
    if (saved == null || saved.scope().equals(scope)) {
      return saved;
    }
    log.warn("the saved resources are not taken: they are of {}, not of {}", saved.scope(), scope);
    return null;
  }

  @Override
  public void start() {
    cluster.start();
  }

  @Override
  public Optional<String> whyNotInForce() {
    return cluster.listed() || savedWereInForce()
        ? Optional.empty()
        : Optional.of(
            "the PushFanout resources have not been listed yet: " + cluster.whyNotListed());
  }

  @Override
  public Optional<String> problem() {
    return cluster.problem();
  }

  @Override
  public void fallBack() {
    if (saved == null || answerLogged) {
      return;
    }
    if (cluster.listed()) {
      answerLogged = true;
      if (savedWereInForce()) {
        log.info("the API server answers: its resources take the place of the saved ones");
      }
    } else if (savedInForce == null && timeout.isOver(cluster.hasFailed())) {
      serveSaved(saved);
    }
  }

  private void serveSaved(SavedResources resources) {
    CompletableFuture<Void> inForce = cluster.serveSaved();
    savedInForce = inForce;
    if (inForce != null) {
      String why = cluster.whyNotListed();
      Future<Void> _ =
          inForce.thenRun(
              () ->
                  log.warn(
                      "the API server has not answered: serving the resources saved as of {} ({}): {}",
                      resources.asOf(),
                      resources.specs().size(),
                      why));
    }
  }

  /**
   * Returns whether the saved resources were in force; the API server's may have replaced them
   * since.
   */
  private boolean savedWereInForce() {
    Future<Void> inForce = savedInForce;
    return inForce != null && inForce.isDone();
  }

  @Override
  public Optional<Instant> savedAsOf() {
    return saved == null || !savedWereInForce() || cluster.listed()
        ? Optional.empty()
        : Optional.of(saved.asOf());
  }

  @Override
  public Optional<SavedResources> lastGood() {
    LastGood last = cluster.lastGood();
    return last == null
        ? Optional.empty()
        : Optional.of(new SavedResources(last.asOf(), scope, last.specs()));
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
