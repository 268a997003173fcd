package io.pushfanout.delivery;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.CallQueue;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.Wakeup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * A dispatcher of deliveries by unary calls to one node: starts the messages that hold a slot, and
 * settles each message as its call ends. Used on the node's loop, without locks.
 */
final class CallDispatcher {
  /**
   * Nanoseconds of pause before another attempt of a delivery that the node refuses again and again
   * without processing it.
   */
  private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  private final CallQueue queue;
  private final NodeConnection connection;
  private final NodeHealth health;
  private final Wakeup wakeup;
  private final Dispatcher deliveries;
  private final RetryTimers backoffs;

  /** Messages that nodes have taken and the queue has not settled, all in one step. */
  private final List<QueuedMessage> delivered = new ArrayList<>();

  CallDispatcher(
      CallQueue queue,
      NodeConnection connection,
      NodeHealth health,
      LongSupplier nanoClock,
      RandomGenerator random,
      Wakeup wakeup,
      Dispatcher deliveries) {
    this.queue = queue;
    this.connection = connection;
    this.health = health;
    this.wakeup = wakeup;
    this.deliveries = deliveries;
    this.backoffs = new RetryTimers(connection.loop(), nanoClock, random, this::resend);
  }

  private FanoutSettings settings() {
    return deliveries.settings();
  }

  /** Hands a message to the connection. The queue owns the message again if this throws. */
  void deliver(QueuedMessage message) {
    message.attempts++;
    message.byStream = false;
    boolean taken = false;
    try {
      connection.deliver(message, settings().rpcTimeout().toNanos());
      taken = true;
    } finally {
      if (!taken) {
        message.attempts--;
        giveBack(message);
      }
    }
  }

  /** Records a message that the node has taken; the next start settles it, with all others. */
  void delivered(QueuedMessage message) {
    delivered.add(message);
    if (delivered.size() == 1) {
      wakeup.now();
    }
  }

  /** Settles the messages that the node has taken. */
  void settleDelivered() {
    if (!delivered.isEmpty()) {
      queue.delivered(delivered);
      delivered.clear();
      deliveries.settled();
    }
  }

  /** Settles a message whose call has failed, or lets it back off. */
  void failed(QueuedMessage message, StatusCode code) {
    if (!code.retryable() || message.attempts >= settings().retry().maxAttempts()) {
      fail(message, code);
    } else if (health.isConnected()) {
      backOff(message, settings().retry().backoffNanos(message.attempts));
    } else {
      // The next attempt is a probe, or goes to the next connection.
      giveBack(message);
    }
  }

  /** Returns a message that the node has provably not processed, after a pause from the second. */
  void unprocessed(QueuedMessage message) {
    message.attempts--;
    if (message.refusals++ == 0 || !health.isConnected()) {
      giveBack(message);
    } else {
      backOff(message, REFUSED_PAUSE_NANOS);
    }
  }

  private void backOff(QueuedMessage message, long nanos) {
    deliveries.backOff(backoffs, message, nanos);
  }

  private void resend(List<QueuedMessage> messages) {
    messages.forEach(queue::resend);
    deliveries.settled();
  }

  /** Ends all backoffs: the slots that they keep are needed by a probe. */
  void giveBackAll() {
    backoffs.cancelAll().forEach(this::giveBack);
  }

  /** Ends all backoffs: streams begin when no call is left, and this wait is no call. */
  void resendAll() {
    backoffs.cancelAll().forEach(queue::resend);
  }

  /** Fails the messages that wait for their next attempt. */
  void failAll(StatusCode code) {
    backoffs.cancelAll().forEach(message -> fail(message, code));
  }

  void fail(QueuedMessage message, StatusCode code) {
    queue.failed(message, code);
    deliveries.settled();
  }

  private void giveBack(QueuedMessage message) {
    queue.giveBack(message);
    deliveries.settled();
  }

  /** Fails the messages that wait for their next attempt, in a queue that has closed. */
  void close() {
    backoffs.cancelAll().forEach(message -> queue.failed(message, StatusCode.CANCELLED));
  }
}
