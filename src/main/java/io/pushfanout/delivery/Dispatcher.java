package io.pushfanout.delivery;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.TransportMode;
import io.pushfanout.queue.Wakeup;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The dispatcher of one node's deliveries: starts the messages that hold a slot, and settles each
 * message as its delivery ends. {@link StreamDispatcher} handles deliveries by streams.
 *
 * <p>Runs on the node's loop, without locks. Only {@link #configure}, {@link #reconsider}, {@link
 * #mode} and {@link #troubles} may be called from any thread.
 */
public final class Dispatcher implements NodeMonitor.Listener, StreamingNegotiation.Listener {
  /**
   * Nanoseconds of pause before another attempt of a delivery that the node refuses again and again
   * without processing it.
   */
  private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  /** Status code of a delivery that is reset because memory is short. */
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
  private final LoopDetector loops;
  private volatile FanoutSettings settings;

  /**
   * @param wakeup a caller of {@link #start} on the loop, which the queue calls too
   * @param onSettled task that runs after each delivery that has ended
   */
  public Dispatcher(
      NodeAddress node,
      FanoutSettings settings,
      MessageQueue queue,
      NodeConnection connection,
      NodeHealth health,
      NodeLog log,
      LongSupplier nanoClock,
      Wakeup wakeup,
      Runnable onSettled) {
    this.settings = settings;
    this.queue = queue;
    this.connection = connection;
    this.loop = connection.loop();
    this.health = health;
    this.nanoClock = nanoClock;
    this.onSettled = onSettled;
    // Each client has its own generator, seeded by its clock, so that simulations are repeatable.
    RandomGenerator random = new SplittableRandom(nanoClock.getAsLong() ^ node.hashCode());
    this.backoffs = new RetryTimers(loop, nanoClock, random, this::resend);
    this.streams =
        new StreamDispatcher(queue.streams(), connection, nanoClock, random, wakeup, this);
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

  /** Replaces the settings, from the next delivery on. */
  public void configure(FanoutSettings changed) {
    settings = changed;
  }

  /**
   * Recomputes the transport mode and finishes surplus streams. To be called after the settings or
   * the node's concurrency have changed, in the queue too.
   */
  public void reconsider() {
    loop.execute(
        () -> {
          negotiation.decide();
          streams.finishEnded();
        });
  }

  // ---- transport mode

  public void connected() {
    streams.connected();
    negotiation.connected();
    // Messages that were granted during the replacement of the last connection wait for this one.
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
    // A message that waits for its next attempt holds a slot that the probe needs.
    backoffs.cancelAll().forEach(this::giveBack);
    streams.endBackoffs();
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

  /** Returns the transport mode. May be called from any thread, like {@link #troubles}. */
  public TransportMode mode() {
    return negotiation.mode();
  }

  public List<NodeTrouble> troubles() {
    return Stream.concat(
            loops.trouble(nanoClock.getAsLong()).stream(), negotiation.trouble().stream())
        .toList();
  }

  /** Returns whether no message waits that could be a probe. */
  private boolean isIdle() {
    return queue.load().waiting() == 0;
  }

  @Override
  public void onProbeEnded(Evidence evidence) {
    if (evidence == Evidence.PRESENT && isIdle()) {
      watch.seen();
    } else if (health.life().isAbsent()) {
      watch.notSeen();
    }
  }

  @Override
  public void onDecided(TransportMode decided, boolean trial) {
    queue.deliverBy(decided, trial);
    if (decided == TransportMode.STREAMING) {
      // Streams begin when no call is left, and this wait is no call.
      backoffs.cancelAll().forEach(queue::resend);
    }
    streams.finishEnded();
    settled();
  }

  // ---- outcomes of streams

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

  void streamUnimplemented(String detail) {
    negotiation.onUnimplemented(detail);
  }

  // ---- starting

  /** Starts all granted messages, as far as the connection takes them, and flushes once. */
  public void start() {
    negotiation.probeIfUnknown();
    boolean started = streams.start();
    long now = nanoClock.getAsLong();
    try {
      while (connection.available()) {
        QueuedMessage message = queue.takeGranted(now);
        if (message == null) {
          break;
        }
        started = true;
        deliver(message);
      }
    } finally {
      if (started) {
        connection.flush();
      }
    }
  }

  /** Hands a message to the connection. The queue owns the message again if this throws. */
  private void deliver(QueuedMessage message) {
    message.attempts++;
    boolean taken = false;
    try {
      connection.deliver(message, settings.rpcTimeout().toNanos());
      taken = true;
    } finally {
      if (!taken) {
        message.attempts--;
        giveBack(message);
      }
    }
  }

  // ---- outcomes of calls

  public void refusedLoop() {
    loops.refused(nanoClock.getAsLong());
  }

  /** Records that the node has taken a message, by a call or a stream. */
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
      queue.delivered(message);
      settled();
      negotiation.onCallDelivered();
    } else if (!code.retryable() || message.attempts >= settings.retry().maxAttempts()) {
      fail(message, code);
    } else if (health.isConnected()) {
      backOff(backoffs, message, settings.retry().backoffNanos(message.attempts));
    } else {
      // The next attempt is a probe, or goes to the next connection.
      giveBack(message);
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
      giveBack(message);
    } else {
      backOff(backoffs, message, REFUSED_PAUSE_NANOS);
    }
  }

  /**
   * Schedules the next attempt of a message, which keeps its slot. The message's TTL ends the wait.
   */
  void backOff(RetryTimers timers, QueuedMessage message, long nanos) {
    long ttl = settings.messageTtl().toNanos();
    long age = nanoClock.getAsLong() - message.enqueuedNanos;
    timers.start(message, nanos, ttl > 0 ? ttl - age + 1 : Long.MAX_VALUE);
  }

  private void resend(List<QueuedMessage> messages) {
    messages.forEach(queue::resend);
    settled();
  }

  /**
   * Resets and fails the deliveries in flight, and fails calls that wait for their next attempt,
   * because memory is short.
   */
  public void shed() {
    backoffs.cancelAll().forEach(message -> fail(message, SHED));
    streams.shed();
    for (QueuedMessage message : connection.reset()) {
      if (!streams.completed(message, SHED, "")) {
        fail(message, SHED);
      }
    }
    connection.flush();
  }

  private void fail(QueuedMessage message, StatusCode code) {
    queue.failed(message, code);
    settled();
  }

  private void giveBack(QueuedMessage message) {
    queue.giveBack(message);
    settled();
  }

  void settled() {
    onSettled.run();
  }

  /**
   * Fails the messages that wait for their next attempt. The connection has ended the deliveries in
   * flight before.
   */
  public void close() {
    watch.close();
    negotiation.replacing();
    backoffs.cancelAll().forEach(message -> queue.failed(message, StatusCode.CANCELLED));
    streams.close();
  }
}
