package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.MessageQueue;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves a node's life on by what its connection and its deliveries come to, and opens or shuts its
 * queue by it. An absent node's queue holds, and one delivery at a time is the probe. On the node's
 * loop only.
 */
public final class NodeMonitor {
  private static final long FIRST_PROBE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LAST_PROBE_NANOS = Duration.ofSeconds(1).toNanos();

  private final NodeHealth health;
  private final NodeLog log;
  private final MessageQueue queue;
  private final ScheduledExecutorService loop;
  private final LongSupplier nanoClock;
  private final Listener listener;

  /** Deliveries that the node takes at a time, as its connection has them. */
  private int concurrency;

  private long probeNanos = FIRST_PROBE_NANOS;
  private @Nullable Future<?> nextProbe;

  /** A probe is under way, or was to be: the next one is for the case that nothing comes of it. */
  private boolean probing;

  /** Hears of what the queue can do by it. */
  interface Listener {
    /** A step of the queue may have granted messages. */
    void startIf(boolean granted);

    /** No more than a probe can be delivered. */
    void onAbsent();

    /** A probe may be delivered. */
    void onProbe();

    /** The node was absent, and is there. */
    void onPresent();
  }

  NodeMonitor(
      NodeHealth health,
      NodeLog log,
      MessageQueue queue,
      ScheduledExecutorService loop,
      LongSupplier nanoClock,
      Listener listener) {
    this.health = health;
    this.log = log;
    this.queue = queue;
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.listener = listener;
  }

  // ---- the connection

  public void connected(int allowed) {
    health.connected(nanoClock.getAsLong());
    log.connected();
    concurrency = allowed;
    open();
  }

  public void concurrency(int allowed) {
    concurrency = allowed;
    if (health.isConnected()) {
      listener.startIf(queue.connected(allowed));
    }
  }

  private void open() {
    if (health.life().isAbsent()) {
      holdAndProbe();
    } else {
      listener.startIf(queue.connected(concurrency));
    }
  }

  public void replacing(String why) {
    log.replaced(why);
    health.replacing(nanoClock.getAsLong());
    stopProbes();
    queue.replacing();
  }

  public void disconnected(boolean dialled, String why) {
    log.disconnected(health.life().link() instanceof NodeLifecycle.Link.Connected, why);
    health.disconnected(nanoClock.getAsLong(), dialled, why);
    stopProbes();
    queue.disconnected();
  }

  // ---- deliveries

  /**
   * So many deliveries have ended. To be called before their slots are free, which an absent node
   * must not fill.
   */
  void ended(Evidence evidence, StatusCode code, String detail, int count) {
    NodeLifecycle before = health.life();
    health.ended(evidence, code, detail, count, nanoClock.getAsLong());
    changed(before);
  }

  /** The node has answered something beside deliveries, while none waits for it. */
  void seen() {
    NodeLifecycle before = health.life();
    health.seen();
    changed(before);
  }

  /** What was to show that the node is there has not shown it. */
  void notSeen() {
    changed(health.life());
  }

  private void changed(NodeLifecycle before) {
    NodeLifecycle after = health.life();
    if (!before.equals(after)) {
      log.changed(before, after);
    }
    if (after.isAbsent()) {
      if (!before.isAbsent()) {
        probeNanos = FIRST_PROBE_NANOS;
      }
      holdAndProbe();
    } else if (before.isAbsent()) {
      stopProbes();
      if (after.link() instanceof NodeLifecycle.Link.Connected) {
        listener.startIf(queue.connected(concurrency));
        listener.onPresent();
      }
    }
  }

  private void holdAndProbe() {
    if (!(health.life().link() instanceof NodeLifecycle.Link.Connected)) {
      return;
    }
    queue.absent();
    listener.onAbsent();
    if (nextProbe == null || probing) {
      stopProbes();
      nextProbe = loop.schedule(this::probe, probeNanos, NANOSECONDS);
      probeNanos = Math.min(LAST_PROBE_NANOS, 2 * probeNanos);
    }
  }

  private void probe() {
    probing = true;
    listener.onProbe();
    listener.startIf(queue.probe());
    // What was to be the probe may grow too old, or be shed, before it shows anything.
    nextProbe = loop.schedule(this::probe, LAST_PROBE_NANOS, NANOSECONDS);
  }

  void close() {
    stopProbes();
  }

  private void stopProbes() {
    if (nextProbe != null) {
      nextProbe.cancel(false);
      nextProbe = null;
    }
    probing = false;
  }
}
