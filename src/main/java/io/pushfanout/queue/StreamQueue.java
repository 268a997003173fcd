package io.pushfanout.queue;

import io.pushfanout.model.RetryPolicy;
import io.pushfanout.model.StatusCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What deliveries by streams ask of a node's queue. Every method is one atomic step under the
 * {@link MessageQueue}'s lock, for many messages at a time; all are called on the node's loop.
 *
 * <p>Methods that return a boolean say whether a message was granted.
 */
public final class StreamQueue {
  private final Object lock;
  private final DispatchScheduler scheduler;
  private final Streams streams;
  private final QueueLifecycle lifecycle;
  private final Ledger ledger;
  private final LongSupplier nanoClock;

  StreamQueue(
      MessageQueue lock,
      DispatchScheduler scheduler,
      QueueLifecycle lifecycle,
      Ledger ledger,
      LongSupplier nanoClock) {
    this.lock = lock;
    this.scheduler = scheduler;
    this.streams = scheduler.streams();
    this.lifecycle = lifecycle;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
  }

  /** The next stream that has something to send; null when there is none. */
  public @Nullable StreamSlot pollToStart() {
    synchronized (lock) {
      return streams.pollToStart();
    }
  }

  /** Goes on with what a step has left undone because it was too much for one. */
  public boolean goOn() {
    synchronized (lock) {
      return scheduler.goOn();
    }
  }

  /** It could not be started now. */
  public void startLater(StreamSlot stream) {
    synchronized (lock) {
      streams.startLater(stream);
    }
  }

  /** Takes what the stream is to send next, as much as it has room for, or one message. */
  public boolean takeBatch(StreamSlot stream, int room, List<QueuedMessage> batch) {
    synchronized (lock) {
      streams.takeBatch(stream, room, batch, nanoClock.getAsLong());
      return scheduler.refill() || stream.listed;
    }
  }

  /** Whether the next that the stream is to send goes by a call. */
  public boolean isCallNext(StreamSlot stream) {
    synchronized (lock) {
      return stream.isCallNext();
    }
  }

  /** Takes it; null where it is not the time for it. It is unacknowledged from then on. */
  public @Nullable QueuedMessage takeCall(StreamSlot stream) {
    synchronized (lock) {
      return streams.takeCall(stream, nanoClock.getAsLong());
    }
  }

  public boolean acknowledged(StreamSlot stream, int count) {
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      for (int i = 0; i < count; i++) {
        QueuedMessage message = stream.pollUnacknowledged();
        ledger.delivered(message, now);
        streams.settled(stream, message);
      }
      streams.listIfDue(stream);
      return scheduler.refill() || stream.listed;
    }
  }

  /**
   * The same where some have failed.
   *
   * @param resting gets those that may be tried again: they wait, and keep their places in the
   *     window, until {@link #endRest}
   */
  public boolean acknowledged(
      StreamSlot stream,
      int count,
      List<DeliveryFailure> failures,
      RetryPolicy retry,
      List<QueuedMessage> resting) {
    Map<Integer, StatusCode> codes = new HashMap<>();
    failures.forEach(failure -> codes.put(failure.offset(), failure.code()));
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      for (int i = 0; i < count; i++) {
        QueuedMessage message = stream.pollUnacknowledged();
        StatusCode code = codes.getOrDefault(i, StatusCode.OK);
        if (mayRetry(message, code, retry)) {
          streams.rest(message);
          resting.add(message);
          continue;
        }
        if (code == StatusCode.OK) {
          ledger.delivered(message, now);
        } else {
          ledger.failed(message, code);
        }
        streams.settled(stream, message);
      }
      streams.listIfDue(stream);
      return scheduler.refill() || stream.listed;
    }
  }

  /** The wait of each for its next attempt is over. */
  public boolean endRest(List<QueuedMessage> messages) {
    synchronized (lock) {
      streams.endRest(messages, nanoClock.getAsLong());
      scheduler.refill();
      return true;
    }
  }

  /** It will have no next attempt. */
  public void failResting(QueuedMessage message) {
    synchronized (lock) {
      streams.failResting(message);
      ledger.failed(message, StatusCode.CANCELLED);
    }
  }

  /**
   * What carried the stream is gone, with what is unacknowledged. It pauses until {@link #resume}.
   */
  public boolean lost(StreamSlot stream, StatusCode code, RetryPolicy retry) {
    return lost(stream, code, message -> mayRetry(message, code, retry));
  }

  /** The same where the node has provably not seen any of it: no attempt was used. */
  public boolean unprocessed(StreamSlot stream) {
    return lost(
        stream,
        StatusCode.CANCELLED,
        message -> {
          message.attempts--;
          return true;
        });
  }

  private boolean lost(StreamSlot stream, StatusCode code, Predicate<QueuedMessage> again) {
    synchronized (lock) {
      List<QueuedMessage> back = new ArrayList<>();
      for (int left = stream.unacknowledged(); left > 0; left--) {
        QueuedMessage message = stream.pollUnacknowledged();
        if (!lifecycle.isClosed() && again.test(message)) {
          back.add(message);
        } else {
          ledger.failed(message, lifecycle.isClosed() ? StatusCode.CANCELLED : code);
          streams.settled(stream, message);
        }
      }
      streams.lost(stream, back);
      return scheduler.refill();
    }
  }

  /** The pause of a lost stream is over. */
  public boolean resume(StreamSlot stream) {
    synchronized (lock) {
      streams.resume(stream);
      scheduler.refill();
      return true;
    }
  }

  /** Whether nothing more will be sent on it, and all that was is acknowledged. */
  public boolean hasEnded(StreamSlot stream) {
    synchronized (lock) {
      return stream.hasEnded();
    }
  }

  private static boolean mayRetry(QueuedMessage message, StatusCode code, RetryPolicy retry) {
    return code.retryable() && message.attempts < retry.maxAttempts();
  }
}
