package io.pushfanout.fanout;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries to one node: starts the messages that hold a slot, and settles each as it ends;
 * those by streams are {@link StreamDeliveries}. On the node's loop, without locks; only {@link
 * #configure}, {@link #reconsider}, {@link #startIf} and {@link #startNew} may come from any
 * thread.
 */
final class Deliveries {
  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  /** The pause before a delivery that the node refuses again and again without processing it. */
  private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  private final NodeAddress node;
  private final MessageQueue queue;
  private final NodeConnection connection;
  private final ScheduledExecutorService loop;
  private final NodeHealth health;
  private final LongSupplier nanoClock;
  private final Runnable onSettled;
  private final Backoffs backoffs;
  private final StreamDeliveries streams;
  private final DeliveryWay way;
  private final Starts starts;
  private volatile FanoutSettings settings;

  /**
   * @param onSettled run after each delivery that has ended
   */
  Deliveries(
      NodeAddress node,
      FanoutSettings settings,
      MessageQueue queue,
      NodeConnection connection,
      NodeHealth health,
      LongSupplier nanoClock,
      Runnable onSettled) {
    this.node = node;
    this.settings = settings;
    this.queue = queue;
    this.connection = connection;
    this.loop = connection.loop();
    this.health = health;
    this.nanoClock = nanoClock;
    this.onSettled = onSettled;
    // For each client its own, and from its clock: what is simulated can be repeated.
    RandomGenerator random = new SplittableRandom(nanoClock.getAsLong() ^ node.hashCode());
    this.backoffs = new Backoffs(loop, random, message -> settled(queue.resend(message)));
    this.streams = new StreamDeliveries(node, queue.streams(), connection, nanoClock, random, this);
    this.starts = new Starts(loop, nanoClock, this::start);
    this.way = new DeliveryWay(connection, this::settings, this::deliverBy);
  }

  FanoutSettings settings() {
    return settings;
  }

  /** Holds from the next delivery. */
  void configure(FanoutSettings changed) {
    settings = changed;
  }

  /** The settings, or what the node allows, have changed, for the queue too. */
  void reconsider() {
    loop.execute(
        () -> {
          way.decide();
          streams.finishEnded();
        });
  }

  // ---- which way

  void connected() {
    streams.connected();
    way.connected();
  }

  void disconnected() {
    way.disconnected();
    streams.finishEnded();
  }

  void streamingRefused(String detail) {
    way.refused(detail);
  }

  /** Why nothing can be delivered although the node is connected; empty where that is not so. */
  String problem() {
    return way.problem();
  }

  private void deliverBy(Way decided) {
    boolean granted = queue.deliverBy(decided);
    if (decided == Way.STREAMS) {
      // Streams begin when no call is left, and this wait is no call.
      backoffs.cancelAll().forEach(message -> startIf(queue.resend(message)));
    }
    streams.finishEnded();
    settled(granted);
  }

  // ---- starting

  /** Has the loop start what was granted. */
  void startIf(boolean granted) {
    if (granted) {
      starts.now();
    }
  }

  /** The same for a message that has just come. */
  void startNew() {
    starts.soon();
  }

  /** Starts all that was granted, as far as the connection takes it, and flushes once. */
  void start() {
    way.askIfOwed();
    boolean started = streams.start();
    long now = nanoClock.getAsLong();
    try {
      while (connection.available()) {
        QueuedMessage message = queue.takeGranted(now);
        if (message == null) {
          break;
        }
        message.attempts++;
        connection.deliver(message, settings.rpcTimeout().toNanos());
        started = true;
      }
    } finally {
      if (started) {
        connection.flush();
      }
    }
  }

  // ---- what becomes of calls

  void completed(QueuedMessage message, StatusCode code, String detail) {
    if (code == StatusCode.OK) {
      settled(queue.delivered(message));
    } else if (code.retryable() && message.attempts < settings.retry().maxAttempts()) {
      backOff(backoffs, message, settings.retry().backoffNanos(message.attempts));
    } else {
      log.debug("{}: delivery failed: {} {}", node, code, detail);
      settled(queue.failed(message, code));
    }
  }

  void unprocessed(QueuedMessage message) {
    message.attempts--;
    if (message.refusals++ == 0 || !health.isConnected()) {
      settled(queue.giveBack(message));
    } else {
      backOff(backoffs, message, REFUSED_PAUSE_NANOS);
    }
  }

  /** It keeps its slot; its TTL ends the wait. */
  void backOff(Backoffs among, QueuedMessage message, long nanos) {
    long ttl = settings.messageTtl().toNanos();
    long age = nanoClock.getAsLong() - message.enqueuedNanos;
    among.start(message, nanos, ttl > 0 ? ttl - age + 1 : Long.MAX_VALUE);
  }

  void settled(boolean granted) {
    startIf(granted);
    onSettled.run();
  }

  /** What waits for its next attempt has failed; the connection ends what is in flight. */
  void cancelBackoffs() {
    backoffs.cancelAll().forEach(message -> queue.failed(message, StatusCode.CANCELLED));
    streams.close();
  }
}
