package io.pushfanout.fanout;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what the sources say: specs from flags, files or Kubernetes, and registrations from
 * etcd. Each hands over all it knows whenever that changes; here they become the fanouts that there
 * should be, and the engine makes them so.
 *
 * <p>Its methods may be called from any thread and return at once; the work is done on the
 * applier's thread, which alone touches the fields.
 */
public final class DesiredState {
  /** How often a removal that is doubted is looked at again, and what failed is tried again. */
  private static final Duration RECONSIDER = Duration.ofMillis(200);

  private final FanoutEngine engine;
  private final ScheduledExecutorService thread;
  private final KnownNodes nodes;
  private final FailureLog failures = new FailureLog("putting the desired state together");

  /** Hand-overs of specs that the engine has not been told of. */
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

  private List<FanoutSpec> specs = List.of();

  /** Before the first specs, registrations alone are nothing to act on. */
  private boolean specsKnown;

  /** Something was said that the engine has not been told of. */
  private boolean behind;

  /**
   * @param thread the engine's applier thread
   */
  public DesiredState(
      FanoutEngine engine, ScheduledExecutorService thread, LongSupplier nanoClock) {
    this.engine = engine;
    this.thread = thread;
    this.nodes = new KnownNodes(engine::connectedSince, nanoClock);
  }

  /** Starts to look at what is doubted, and at what has failed. */
  public void start() {
    Future<?> _ =
        new RepeatedTask("a look at the removals that are doubted", this::reconsider)
            .start(thread, RECONSIDER, RECONSIDER);
  }

  /**
   * Whatever source names one of these, it is no node from the next specs or registrations on: the
   * fanout's problems name it.
   *
   * @param why one line on what is wrong with an address; empty where nothing is
   */
  public void refuse(Function<NodeAddress, Optional<String>> why) {
    thread.execute(() -> nodes.refuse(why));
  }

  /**
   * These are all the specs there are, each name once.
   *
   * @return completed when they, or newer ones, are in force
   */
  public CompletableFuture<Void> specs(List<FanoutSpec> all) {
    List<FanoutSpec> copy = List.copyOf(all);
    CompletableFuture<Void> inForce = new CompletableFuture<>();
    thread.execute(
        () -> {
          specs = copy;
          specsKnown = true;
          waiting.add(inForce);
          converge();
        });
    return inForce;
  }

  /** This is what the registry says of a service now. */
  public void registrations(String service, Registrations now) {
    thread.execute(
        () -> {
          nodes.found(service, now);
          converge();
          if (specsKnown) {
            engine.reconnect(now.announced());
          }
        });
  }

  /** The registry has given no list of a service yet, for this reason. */
  public void unanswered(String service, Trouble why) {
    thread.execute(
        () -> {
          nodes.unanswered(service, why);
          converge();
        });
  }

  /**
   * The registry is no longer asked about a service. Whoever asks about it anew begins with
   * nothing: what was said of it grows older by the minute, and nobody would notice.
   */
  public void forget(String service) {
    thread.execute(
        () -> {
          nodes.forget(service);
          converge();
        });
  }

  private void reconsider() {
    if (behind || nodes.areDoubted()) {
      converge();
    }
  }

  /** Never throws: what fails is tried again at the next look. */
  private void converge() {
    if (!specsKnown) {
      return;
    }
    behind = true;
    try {
      List<DesiredFanout> desired = nodes.of(specs);
      List<CompletableFuture<Void>> handedOver = List.copyOf(waiting);
      Future<Void> _ = engine.apply(desired).whenComplete((_, failure) -> end(handedOver, failure));
      waiting.clear();
      behind = false;
      failures.succeeded();
    } catch (Throwable e) {
      failures.failed(e);
    }
  }

  /**
   * @param failure where the state breaks its contract; null where it, or a newer one, is in force
   */
  private void end(List<CompletableFuture<Void>> handedOver, @Nullable Throwable failure) {
    if (failure == null) {
      handedOver.forEach(one -> one.complete(null));
    } else {
      failures.failed(failure);
      handedOver.forEach(one -> one.completeExceptionally(failure));
    }
  }
}
