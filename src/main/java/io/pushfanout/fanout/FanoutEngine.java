package io.pushfanout.fanout;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.Broadcaster;
import io.pushfanout.broadcast.MessageIds;
import io.pushfanout.broadcast.Routes;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.delivery.NodeConnection.Connector;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.MemoryBudget;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The engine as the rest of the program sees it: it takes the desired state, returns snapshots, and
 * broadcasts messages. May be used from any thread.
 *
 * <p>Sources (flags, files, etcd, Kubernetes) report their state to {@link DesiredState}, which
 * applies it here; none of them touches a client.
 */
public final class FanoutEngine {
  /** Interval at which TTLs, slow nodes and drains are checked: well within their promises. */
  private static final Duration TICK = Duration.ofMillis(200);

  private final Applier applier;
  private final Broadcaster broadcaster;
  private final ScheduledExecutorService applierThread;

  /**
   * @param memory budget for messages in the process's memory
   * @param rooms the rooms of all nodes
   * @param applierThread one thread, for the engine alone; the caller shuts it down after {@link
   *     #shutdown}
   * @param nanoClock the engine's clock, such as {@link System#nanoTime}
   * @param defaultTarget target of broadcasts without one while there are several fanouts
   */
  public FanoutEngine(
      Connector connector,
      Totals totals,
      MemoryBudget memory,
      RoomIndex rooms,
      ScheduledExecutorService applierThread,
      LongSupplier nanoClock,
      BroadcastRequest.@Nullable Target defaultTarget) {
    this.applierThread = applierThread;
    this.applier = new Applier(connector, totals, memory, rooms, applierThread, nanoClock);
    this.broadcaster =
        new Broadcaster(applier::routes, defaultTarget, totals, memory, applierThread, nanoClock);
  }

  /** Starts the engine's clock. Broadcasts are UNAVAILABLE until the first {@link #apply}. */
  public void start() {
    Future<?> _ =
        new RepeatedTask("the engine's tick", applier::tick).start(applierThread, TICK, TICK);
  }

  /**
   * Replaces all fanouts by these. Returns at once; of several calls in short order the latest
   * wins. A failure is retried at each tick.
   *
   * @return completed when they, or newer ones, are in force, and broadcasts go by them; with an
   *     {@link IllegalArgumentException} at once when two have one name, and nothing has changed
   */
  public CompletableFuture<Void> apply(Collection<DesiredFanout> desired) {
    return applier.apply(List.copyOf(desired));
  }

  /** Returns the time since which each connected node is connected, on the engine's clock. */
  Map<NodeAddress, Long> connectedSince() {
    return applier.connectedSince();
  }

  /** Reconnects these nodes now, without their remaining backoff. */
  void reconnect(Set<NodeAddress> nodes) {
    applier.reconnect(nodes);
  }

  /** Returns the routes that broadcasts go by now; null before the first {@link #apply}. */
  public @Nullable Routes routes() {
    return applier.routes();
  }

  /**
   * Returns why a broadcast to all fanouts would be UNAVAILABLE now, one line; empty when it would
   * find its routes. Broadcasts and readiness go by the same routes, so a caller that sees this
   * empty can send.
   */
  public Optional<String> whyUnavailable() {
    return broadcaster.whyUnavailable();
  }

  /**
   * Sets the function that explains to callers why the nodes of a fanout are not known yet.
   *
   * @param why one line, from any thread; empty when the reason is not known
   */
  public void explainBy(Function<FanoutName, Optional<String>> why) {
    broadcaster.explainBy(why);
  }

  /** Sets the fanouts without known nodes that are left out of {@link #whyUnavailable}. */
  public void excuseBy(Predicate<FanoutName> excused) {
    broadcaster.excuseBy(excused);
  }

  /** Sets the ids of messages that are enqueued once; at first, none is remembered. */
  public void remember(MessageIds messages) {
    broadcaster.remember(messages);
  }

  public Broadcaster broadcaster() {
    return broadcaster;
  }

  /** Returns every fanout and its nodes, each node's ledger in balance. */
  public List<FanoutSnapshot> snapshot() {
    return applier.snapshot();
  }

  /**
   * Refuses new broadcasts as UNAVAILABLE, drains all queues, each up to its {@code drainTimeout},
   * an unreachable node's up to 5 s, and closes every client. No desired state is applied any more.
   *
   * @param timeout for all together
   * @return completed with the messages that were left, when the last client has closed
   */
  public CompletableFuture<DrainResult> shutdown(Duration timeout) {
    broadcaster.stop();
    return applier.shutdown(timeout);
  }

  /** Returns the messages that would be left if the process ended now. */
  public DrainResult leftover() {
    return applier.leftover();
  }

  /**
   * The messages that a shutdown could not deliver.
   *
   * @param queued messages dropped for {@link DropReason#SHUTDOWN}
   * @param inFlight deliveries cancelled
   */
  public record DrainResult(long queued, long inFlight) {
    public static final DrainResult NOTHING = new DrainResult(0, 0);

    DrainResult plus(DrainResult other) {
      return new DrainResult(queued + other.queued, inFlight + other.inFlight);
    }
  }
}
