package io.pushfanout.fanout;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
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
 * The desired state, made from its sources: specs from flags, files or Kubernetes, and nodes from
 * etcd, DNS or Kubernetes. Each source hands over its whole state at each change; this class makes
 * the desired fanouts of it, and the engine applies them.
 *
 * <p>Its methods may be called from any thread and return at once; the work is done on the
 * applier's thread, which alone touches the fields.
 */
public final class DesiredState {
  /** Interval at which kept nodes are checked, and failures are retried. */
  private static final Duration RECONSIDER = Duration.ofMillis(200);

  private final FanoutEngine engine;
  private final ScheduledExecutorService thread;
  private final KnownNodes nodes;
  private final FailureLog failures = new FailureLog("putting the desired state together");

  /** Hand-overs of specs that the engine has not got. */
  private final List<CompletableFuture<Void>> notHandedOver = new ArrayList<>();

  private List<FanoutSpec> specs = List.of();

  /** Whether there have been specs; registrations alone are nothing to act on. */
  private boolean specsKnown;

  /** Whether there is a change that the engine has not got. */
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

  /** Starts to check the nodes that are kept in spite of their removal, and to retry failures. */
  public void start() {
    Future<?> _ =
        new RepeatedTask("the check of paused removals", this::reconsider)
            .start(thread, RECONSIDER, RECONSIDER);
  }

  /**
   * Refuses addresses as nodes, in any source, from the next specs or registrations on; the
   * fanout's problems name them.
   *
   * @param why one line on the fault of an address; empty for an address without one
   */
  public void refuse(Function<NodeAddress, Optional<String>> why) {
    thread.execute(() -> nodes.refuse(why));
  }

  /**
   * Replaces all specs.
   *
   * @param all each name once
   * @return completed when they, or newer ones, are in force
   */
  public CompletableFuture<Void> specs(List<FanoutSpec> all) {
    List<FanoutSpec> copy = List.copyOf(all);
    CompletableFuture<Void> inForce = new CompletableFuture<>();
    thread.execute(
        () -> {
          specs = copy;
          specsKnown = true;
          notHandedOver.add(inForce);
          converge();
        });
    return inForce;
  }

  /** Replaces the nodes of a source by those that its registry has now. */
  public void registrations(String source, Registrations now) {
    thread.execute(
        () -> {
          nodes.found(source, now);
          converge();
          if (specsKnown) {
            engine.reconnect(now.announced());
          }
        });
  }

  /** Records why the registry has given no list of a source yet. */
  public void unanswered(String source, Trouble why) {
    thread.execute(
        () -> {
          nodes.unanswered(source, why);
          converge();
        });
  }

  /**
   * Forgets a source that is no longer watched. A later watch begins with nothing: the old nodes
   * age unnoticed.
   */
  public void forget(String source) {
    thread.execute(
        () -> {
          nodes.forget(source);
          converge();
        });
  }

  private void reconsider() {
    if (behind || nodes.haveKept()) {
      converge();
    }
  }

  /**
   * Hands the desired fanouts to the engine. Never throws: a failure is retried at the next check.
   */
  private void converge() {
    if (!specsKnown) {
      return;
    }
    behind = true;
    try {
      List<DesiredFanout> desired = nodes.of(specs);
      List<CompletableFuture<Void>> handedOver = List.copyOf(notHandedOver);
      Future<Void> _ = engine.apply(desired).whenComplete((_, failure) -> end(handedOver, failure));
      notHandedOver.clear();
      behind = false;
      failures.succeeded();
    } catch (Throwable e) {
      failures.failed(e);
    }
  }

  /**
   * @param failure breach of the state's contract; null when the state, or a newer one, is in force
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
