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
 * A monitor that moves a node's lifecycle on by the events of its connection and the ends of its
 * deliveries, and opens or holds the node's queue accordingly. The queue of an absent node holds,
 * and one delivery at a time is the probe. Used on the node's loop only.
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

  /** Deliveries that the node takes at a time, as reported by its connection. */
  private int concurrency;

  private long probeNanos = FIRST_PROBE_NANOS;
  private @Nullable Future<?> nextProbe;

  /**
   * Whether a probe is under way, or should be. The next probe is then scheduled in case this one
   * comes to nothing.
   */
  private boolean probing;

  /** The receiver of changes in a node's presence. */
  interface Listener {
    /** The node is absent: one probe at a time is all that can be delivered. */
    void onAbsent();

    /** A probe may be delivered. */
    void onProbe();

    /** The node was absent, and is present again. */
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
      queue.connected(allowed);
    }
  }

  private void open() {
    if (health.life().isAbsent()) {
      holdAndProbe();
    } else {
      queue.connected(concurrency);
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
   * Records the end of deliveries. Must be called before their slots are free, because an absent
   * node must not fill them.
   */
  void ended(Evidence evidence, StatusCode code, String detail, int count) {
    NodeLifecycle before = health.life();
    health.ended(evidence, code, detail, count, nanoClock.getAsLong());
    changed(before);
  }

  /** Records an answer of the node outside of deliveries. */
  void seen() {
    NodeLifecycle before = health.life();
    health.seen();
    changed(before);
  }

  /** Records that a sign of the node's presence has failed to come. */
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
        queue.connected(concurrency);
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
    queue.probe();
    // The probe's message may expire, or be shed, before it shows anything.
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
