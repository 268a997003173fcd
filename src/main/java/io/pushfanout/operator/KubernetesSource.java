package io.pushfanout.operator;

import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.concurrent.Guarded;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source of PushFanouts from the API server. It begins a session and begins another whenever
 * one ends, without limit: a missing resource definition, permission or API server may appear
 * later. The last received resources stay in force meanwhile.
 *
 * <p>A thread of its own makes all requests but the watch. The watch's events arrive on the
 * framework's threads and go straight to the fanouts. {@link #start} and {@link #close} are for the
 * thread that starts and stops the program.
 */
public final class KubernetesSource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubernetesSource.class);

  private static final Duration TICK = Duration.ofSeconds(1);

  /** Time between two attempts to begin a session. */
  private static final Duration BEGIN = Duration.ofSeconds(2);

  /** Time from a due report to the summaries, in which the other replicas' reports arrive. */
  private static final Duration GATHER = Duration.ofMillis(250);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final KubernetesOptions options;
  private final Resources resources;
  private final Supplier<List<FanoutSnapshot>> snapshots;
  private final ScheduledExecutorService thread = Threads.scheduler("pushfanout-operator");
  private final AtomicBoolean reportDue = new AtomicBoolean();
  private final ApiHealth health = new ApiHealth(System::nanoTime);
  private final OutageLog connecting = new OutageLog(ReplicaDuties.LIST, health, System::nanoTime);
  private final PeriodicCheck attempt = new PeriodicCheck(BEGIN, System::nanoTime);
  private volatile String whyNotListed = "no answer yet";
  private volatile boolean listed;
  private volatile boolean inForce;
  private volatile boolean failed;

  /** The present session. On the operator's thread only, like the duties that follow. */
  private @Nullable KubernetesSession session;

  private @Nullable ReplicaDuties duties;

  /**
   * @param checkpoint holds the specs of all resources, and those of an earlier process
   * @param fanouts takes the specs of all resources, on any thread and without blocking; its future
   *     completes when they are in force
   * @param snapshots the running fanouts, for the status
   */
  public KubernetesSource(
      KubernetesOptions options,
      Checkpointed<List<FanoutSpec>> checkpoint,
      Function<List<FanoutSpec>, CompletableFuture<Void>> fanouts,
      Supplier<List<FanoutSnapshot>> snapshots) {
    this.options = options;
    this.resources = new Resources(options.policy(), checkpoint, fanouts);
    this.snapshots = snapshots;
  }

  /** Starts the rounds of the operator; returns at once. */
  public void start() {
    Future<?> _ =
        new RepeatedTask("a round of the operator", this::tick).start(thread, Duration.ZERO, TICK);
  }

  /**
   * Returns why no resources are in force yet, in one line; empty once some were. From any thread.
   */
  public Optional<String> whyNotInForce() {
    return inForce
        ? Optional.empty()
        : Optional.of("the PushFanout resources have not been listed yet: " + whyNotListed);
  }

  /**
   * Returns the lists, watches or writes at the API server that fail, in one line; empty when none
   * does. From any thread.
   */
  public Optional<String> problem() {
    return listed ? health.problem() : Optional.of(ReplicaDuties.LIST + ": " + whyNotListed);
  }

  /**
   * Returns the entries of all replicas in a resource's status, as last received. From any thread.
   */
  public List<ReplicaStatus> replicas(FanoutName fanout) {
    return resources.find(fanout).stream()
        .flatMap(resource -> resource.entries().values().stream())
        .toList();
  }

  /** Serves the saved resources if the API server has had its time to list. From any thread. */
  public void fallBack() {
    resources.fallBack(failed, whyNotListed).ifPresent(all -> all.thenRun(() -> inForce = true));
  }

  private void tick() {
    if (session == null) {
      if (attempt.isDue()) {
        attempt.done();
        connecting.attempt(this::begin);
      }
    } else if (!duties().tick()) {
      log.warn("the watch over PushFanouts has stalled; it restarts");
      end();
    } else if (health.isStale()) {
      log.info("API server: the credentials are read again");
      end();
    }
  }

  private void begin() {
    KubernetesSession begun = null;
    try {
      begun = new KubernetesSession(options, health, this::changed, this::watchEnded);
      begun.start();
    } catch (RuntimeException | Error e) {
      whyNotListed = health.reason(e);
      failed = true;
      if (begun != null) {
        begun.close();
      }
      throw e;
    }
    session = begun;
    duties = new ReplicaDuties(options, begun, resources, snapshots, health);
    health.forget();
    if (!begun.unknown().isEmpty()) {
      health.failed(ReplicaDuties.LIST + " of some namespaces", "forbidden in " + begun.unknown());
    }
    duties().tick();
  }

  private ReplicaDuties duties() {
    ReplicaDuties present = duties;
    if (present == null) {
      throw new IllegalStateException("there is no session");
    }
    return present;
  }

  /** Puts all resources in force. On a thread of the framework, or on the operator's. */
  private void changed(ResourceList all) {
    resources
        .replace(all)
        .thenRun(
            () -> {
              listed = true;
              inForce = true;
              reportSoon();
            });
  }

  /**
   * Writes reports now and summaries a little later: an edit is in force, or another replica's
   * status has arrived.
   */
  private void reportSoon() {
    if (!reportDue.compareAndSet(false, true)) {
      return;
    }
    // Scheduled first: this task clears the flag, so that the next report can be due.
    onThread(
        GATHER,
        () -> {
          reportDue.set(false);
          if (session != null) {
            duties().reportAndSummarize();
          }
        });
    onThread(
        Duration.ZERO,
        () -> {
          if (session != null) {
            duties().report();
          }
        });
  }

  /** Ends the session if it is the present one. On a thread of the client. */
  private void watchEnded(KubernetesSession of) {
    onThread(
        Duration.ZERO,
        () -> {
          if (of.equals(session)) {
            end();
          }
        });
  }

  private void end() {
    KubernetesSession ended = session;
    session = null;
    duties = null;
    if (ended != null) {
      ended.close();
    }
  }

  private void onThread(Duration delay, Runnable task) {
    try {
      thread.schedule(Guarded.run("the operator", task), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      // Closed: nothing is left to write.
    }
  }

  /** Withdraws this replica's Lease and entries, and ends the session. Returns at once. */
  public void leave() {
    onThread(
        Duration.ZERO,
        () -> {
          try {
            if (duties != null) {
              duties().leave();
            }
          } finally {
            end();
            thread.shutdown();
          }
        });
  }

  /** Leaves, and waits at most 5 s until the API server has been informed. */
  @Override
  public void close() {
    leave();
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
        log.warn(
            "the API server has not confirmed in time that this replica ends; not waiting for it");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
