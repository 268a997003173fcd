package io.pushfanout.delivery;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.TransportMode;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The deliveries to one node: starts the messages that hold a slot, and settles each as it ends;
 * those by streams are {@link StreamDispatcher}. On the node's loop, without locks; only {@link
 * #configure}, {@link #reconsider}, {@link #startIf} and {@link #startNew} may come from any
 * thread.
 */
public final class Dispatcher implements NodeMonitor.Listener, StreamingNegotiation.Listener {
  /** The pause before a delivery that the node refuses again and again without processing it. */
  private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  /** What a delivery fails by that is reset because memory is short. */
  static final StatusCode SHED = StatusCode.RESOURCE_EXHAUSTED;

  private final MessageQueue queue;
  private final NodeConnection connection;
  private final ScheduledExecutorService loop;
  private final NodeHealth health;
  private final LongSupplier nanoClock;
  private final Runnable onSettled;
  private final RetryTimers backoffs;
  private final StreamDispatcher streams;
  private final StreamingNegotiation negotiation;
  private final NodeMonitor watch;
  private final FlushScheduler starts;
  private final LoopDetector loops;
  private volatile FanoutSettings settings;

  /**
   * @param onSettled run after each delivery that has ended
   */
  public Dispatcher(
      NodeAddress node,
      FanoutSettings settings,
      MessageQueue queue,
      NodeConnection connection,
      NodeHealth health,
      NodeLog log,
      LongSupplier nanoClock,
      Runnable onSettled) {
    this.settings = settings;
    this.queue = queue;
    this.connection = connection;
    this.loop = connection.loop();
    this.health = health;
    this.nanoClock = nanoClock;
    this.onSettled = onSettled;
    // Each client has its own, seeded by its clock: what is simulated can be repeated.
    RandomGenerator random = new SplittableRandom(nanoClock.getAsLong() ^ node.hashCode());
    this.backoffs = new RetryTimers(loop, nanoClock, random, this::resend);
    this.streams = new StreamDispatcher(queue.streams(), connection, nanoClock, random, this);
    this.starts = new FlushScheduler(loop, nanoClock, this::start);
    this.watch = new NodeMonitor(health, log, queue, loop, nanoClock, this);
    this.negotiation = new StreamingNegotiation(connection, this::settings, nanoClock, this);
    this.loops = new LoopDetector(node);
  }

  public NodeMonitor watch() {
    return watch;
  }

  FanoutSettings settings() {
    return settings;
  }

  /** Holds from the next delivery. */
  public void configure(FanoutSettings changed) {
    settings = changed;
  }

  /** The settings, or what the node allows, have changed, for the queue too. */
  public void reconsider() {
    loop.execute(
        () -> {
          negotiation.decide();
          streams.finishEnded();
        });
  }

  // ---- which way

  public void connected() {
    streams.connected();
    negotiation.connected();
    // What was granted while the last connection was being replaced has been waiting for this one.
    start();
  }

  public void replacing() {
    negotiation.replacing();
    streams.finishEnded();
  }

  public void disconnected() {
    negotiation.disconnected();
    streams.finishEnded();
  }

  @Override
  public void onAbsent() {
    // What waits for its next attempt holds a slot that the probe needs.
    backoffs.cancelAll().forEach(message -> settled(queue.giveBack(message)));
    streams.endRests();
    streams.finishEnded();
  }

  @Override
  public void onProbe() {
    streams.endPause();
    if (isIdle()) {
      negotiation.probe();
    }
  }

  @Override
  public void onPresent() {
    negotiation.onPresent();
  }

  /** How messages get to the node; any thread may ask, as for {@link #troubles}. */
  public TransportMode mode() {
    return negotiation.mode();
  }

  public List<NodeTrouble> troubles() {
    return Stream.concat(
            loops.trouble(nanoClock.getAsLong()).stream(), negotiation.trouble().stream())
        .toList();
  }

  /** Whether no message waits that could be a probe. */
  private boolean isIdle() {
    return queue.load().waiting() == 0;
  }

  @Override
  public void onAnswered(Evidence evidence) {
    if (evidence == Evidence.PRESENT && isIdle()) {
      watch.seen();
    } else if (health.life().isAbsent()) {
      watch.notSeen();
    }
  }

  @Override
  public void onDecided(TransportMode decided, boolean probe) {
    boolean granted = queue.deliverBy(decided, probe);
    if (decided == TransportMode.STREAMING) {
      // Streams begin when no call is left, and this wait is no call.
      backoffs.cancelAll().forEach(message -> startIf(queue.resend(message)));
    }
    streams.finishEnded();
    settled(granted);
  }

  // ---- what streams show

  void streamSent() {
    negotiation.onSent();
  }

  void streamAcknowledged() {
    negotiation.onAcknowledged();
  }

  void streamLost(Evidence evidence) {
    negotiation.onLost(evidence);
  }

  void streamUnprocessed(Evidence evidence) {
    negotiation.onUnprocessed(evidence);
  }

  void streamingRefused(String detail) {
    negotiation.refused(detail);
  }

  // ---- starting

  /** Has the loop start what was granted. */
  @Override
  public void startIf(boolean granted) {
    if (granted) {
      starts.now();
    }
  }

  /** The same for a message that has just come. */
  public void startNew() {
    starts.soon();
  }

  /** FlushScheduler all that was granted, as far as the connection takes it, and flushes once. */
  public void start() {
    negotiation.askIfOwed();
    boolean started = streams.start();
    long now = nanoClock.getAsLong();
    try {
      while (connection.available()) {
        QueuedMessage message = queue.takeGranted(now);
        if (message == null) {
          break;
        }
        started = true;
        handOver(message);
      }
    } finally {
      if (started) {
        connection.flush();
      }
    }
  }

  /** The message is the connection's when this returns, and the queue's again when it throws. */
  private void handOver(QueuedMessage message) {
    message.attempts++;
    boolean taken = false;
    try {
      connection.deliver(message, settings.rpcTimeout().toNanos());
      taken = true;
    } finally {
      if (!taken) {
        message.attempts--;
        settled(queue.giveBack(message));
      }
    }
  }

  // ---- what becomes of calls

  public void refusedLoop() {
    loops.refused(nanoClock.getAsLong());
  }

  /** The node has taken one, by whatever negotiation. */
  void delivered() {
    loops.delivered();
  }

  public void completed(QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
    if (code == StatusCode.OK) {
      delivered();
    }
    watch.ended(evidence, code, detail, 1);
    if (streams.completed(message, code, detail)) {
      return;
    }
    if (code == StatusCode.OK) {
      settled(queue.delivered(message));
      negotiation.onCallDelivered();
    } else if (!code.retryable() || message.attempts >= settings.retry().maxAttempts()) {
      settled(queue.failed(message, code));
    } else if (health.isConnected()) {
      backOff(backoffs, message, settings.retry().backoffNanos(message.attempts));
    } else {
      // The next attempt is a probe's, or the next connection's.
      settled(queue.giveBack(message));
    }
  }

  public void unprocessed(QueuedMessage message, Evidence evidence) {
    if (evidence == Evidence.ABSENT) {
      watch.ended(evidence, StatusCode.UNAVAILABLE, "it refuses the delivery", 1);
    }
    if (streams.unprocessed(message)) {
      return;
    }
    message.attempts--;
    if (message.refusals++ == 0 || !health.isConnected()) {
      settled(queue.giveBack(message));
    } else {
      backOff(backoffs, message, REFUSED_PAUSE_NANOS);
    }
  }

  /** It keeps its slot; its TTL ends the wait. */
  void backOff(RetryTimers among, QueuedMessage message, long nanos) {
    long ttl = settings.messageTtl().toNanos();
    long age = nanoClock.getAsLong() - message.enqueuedNanos;
    among.start(message, nanos, ttl > 0 ? ttl - age + 1 : Long.MAX_VALUE);
  }

  private void resend(List<QueuedMessage> messages) {
    messages.forEach(message -> settled(queue.resend(message)));
  }

  /** Memory is short: what is in flight is reset, and has failed. */
  public void shed() {
    backoffs.cancelAll().forEach(this::fail);
    streams.shed();
    for (QueuedMessage message : connection.reset()) {
      if (!streams.completed(message, SHED, "")) {
        fail(message);
      }
    }
    connection.flush();
  }

  private void fail(QueuedMessage message) {
    settled(queue.failed(message, SHED));
  }

  void settled(boolean granted) {
    startIf(granted);
    onSettled.run();
  }

  /** What waits for its next attempt has failed; the connection has ended what is in flight. */
  public void close() {
    watch.close();
    negotiation.replacing();
    backoffs.cancelAll().forEach(message -> queue.failed(message, StatusCode.CANCELLED));
    streams.close();
  }
}
