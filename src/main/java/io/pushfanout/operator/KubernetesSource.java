package io.pushfanout.operator;

import io.pushfanout.concurrent.Guarded;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutSpec;
import java.time.Clock;
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
 * PushFanouts from the API server. Begins a session with it and another whenever one ends, for as
 * long as it takes: no resource definition, no permission and no API server are states that pass.
 * What was told last stays in force meanwhile.
 *
 * <p>One thread of its own asks and tells the API server everything but the watch, whose events
 * arrive on the framework's and go straight to the fanouts. {@link #start} and {@link #close} are
 * for the thread that starts and stops the program.
 */
public final class KubernetesSource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubernetesSource.class);

  private static final Duration TICK = Duration.ofSeconds(1);

  /** From one attempt to begin a session to the next. */
  private static final Duration BEGIN = Duration.ofSeconds(2);

  /** From a report being due to the summaries: for the other replicas' reports to arrive. */
  private static final Duration GATHER = Duration.ofMillis(250);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final KubernetesOptions options;
  private final Resources resources;
  private final Supplier<List<FanoutSnapshot>> snapshots;
  private final ScheduledExecutorService thread = Threads.scheduler("pushfanout-operator");
  private final AtomicBoolean reportDue = new AtomicBoolean();
  private final ApiHealth health = new ApiHealth(System::nanoTime);
  private final Outage beginning = new Outage(ReplicaDuties.LIST, health, System::nanoTime);
  private final Every attempt = new Every(BEGIN, System::nanoTime);
  private volatile String whyNotListed = "not asked yet";
  private volatile boolean listed;
  private volatile boolean failed;

  /** On the thread only. */
  private @Nullable KubernetesSession session;

  private @Nullable ReplicaDuties duties;

  /**
   * @param saved what an earlier process had in force, for {@link #serveSaved}
   * @param fanouts takes all specs there are, on any thread and without blocking; its future says
   *     when they are in force
   * @param snapshots what runs, for the status
   */
  public KubernetesSource(
      KubernetesOptions options,
      List<FanoutSpec> saved,
      Function<List<FanoutSpec>, CompletableFuture<Void>> fanouts,
      Supplier<List<FanoutSnapshot>> snapshots) {
    this.options = options;
    this.resources = new Resources(options.policy(), saved, Clock.systemUTC(), fanouts);
    this.snapshots = snapshots;
  }

  /** Begins to ask; returns at once. */
  public void start() {
    Future<?> _ =
        new RepeatedTask("a round of the operator", this::tick).start(thread, Duration.ZERO, TICK);
  }

  /** Whether the resources were listed once, and what they say is in force. From any thread. */
  public boolean listed() {
    return listed;
  }

  /** Whether an attempt to list them has failed. From any thread. */
  public boolean hasFailed() {
    return failed;
  }

  /** Why they have not been listed, one line. From any thread. */
  public String whyNotListed() {
    return whyNotListed;
  }

  /**
   * What does not work with the API server, one line: lists, watches or writes; empty where all do.
   * From any thread.
   */
  public Optional<String> problem() {
    return listed ? health.problem() : Optional.of(ReplicaDuties.LIST + ": " + whyNotListed);
  }

  /**
   * Serves what was saved, until the API server tells what there is. From any thread.
   *
   * @return completed when that is in force; null when the API server has told already
   */
  public @Nullable CompletableFuture<Void> serveSaved() {
    return resources.serveSaved();
  }

  /** What the API server said last; null before it has said anything. From any thread. */
  public @Nullable LastGood lastGood() {
    return resources.lastGood();
  }

  private void tick() {
    if (session == null) {
      if (attempt.isDue()) {
        attempt.done();
        beginning.attempt(this::begin);
      }
    } else if (!duties().tick()) {
      log.warn("the watch over PushFanouts tells nothing any more; it begins anew");
      end();
    } else if (health.isStale()) {
      log.info("API server: the credentials are read anew");
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

  /** On a thread of the framework, or on ours. */
  private void changed(Listing all) {
    resources
        .replace(all)
        .thenRun(
            () -> {
              listed = true;
              reportSoon();
            });
  }

  /** An edit is in force, or somebody's status has come: reports now, summaries a little later. */
  private void reportSoon() {
    if (!reportDue.compareAndSet(false, true)) {
      return;
    }
    // First the one that lets the next be due.
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

  /** On a thread of the client. */
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
      // Closed: there is nothing more to tell.
    }
  }

  /** Tells the API server that this replica ends, and nothing more after that. Returns at once. */
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

  /** Waits a little for the API server to hear it. */
  @Override
  public void close() {
    leave();
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
        log.warn("the API server takes long to hear that this replica ends; not waiting for it");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
