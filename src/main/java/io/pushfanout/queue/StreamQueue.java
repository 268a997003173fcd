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
 * The steps of a node's queue for deliveries by streams. Every method is one atomic step under the
 * {@link MessageQueue}'s lock, for many messages at a time; all are called on the node's loop.
 */
public final class StreamQueue {
  private final Object lock;
  private final DispatchScheduler scheduler;
  private final Streams streams;
  private final LaneScheduler lanes;
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
    this.lanes = streams.lanes();
    this.lifecycle = lifecycle;
    this.ledger = ledger;
    this.nanoClock = nanoClock;
  }

  /**
   * Returns whether a stream has a message to send, or work is left. Takes no lock: a step of
   * another thread that makes work wakes the loop afterwards.
   */
  public boolean hasWork() {
    return !streams.ready().isEmpty() || streams.isUnfinished();
  }

  /** Returns the next stream that has a message to send; null when there is none. */
  public @Nullable StreamSlot pollToStart() {
    synchronized (lock) {
      return streams.ready().poll();
    }
  }

  /** Continues the work that was too much for one step. */
  public void continueUnfinished() {
    synchronized (lock) {
      scheduler.continueUnfinished();
    }
  }

  /** Lists a stream again that could not be started now. */
  public void startLater(StreamSlot stream) {
    synchronized (lock) {
      streams.ready().add(stream);
    }
  }

  /** Takes the next messages of the stream, as much as it has room for, or one message. */
  public void takeBatch(StreamSlot stream, int room, List<QueuedMessage> batch) {
    synchronized (lock) {
      streams.takeBatch(stream, room, batch, nanoClock.getAsLong());
      scheduler.refill();
    }
  }

  /** Returns whether the next message of the stream goes by a call. */
  public boolean isCallNext(StreamSlot stream) {
    synchronized (lock) {
      return stream.isCallNext();
    }
  }

  /**
   * Takes the next message that goes by a call; null when it is not the time for it. The message is
   * unacknowledged from then on.
   */
  public @Nullable QueuedMessage takeCall(StreamSlot stream) {
    synchronized (lock) {
      return streams.takeCall(stream, nanoClock.getAsLong());
    }
  }

  public void acknowledged(StreamSlot stream, int count) {
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      for (int i = 0; i < count; i++) {
        QueuedMessage message = stream.pollUnacknowledged();
        ledger.delivered(message, now);
        lanes.settled(stream, message);
      }
      streams.ready().addIfDue(stream);
      scheduler.refill();
    }
  }

  /**
   * Settles acknowledged messages, some of which have failed.
   *
   * @param backingOff gets those that may be tried again: they wait, and keep their places in the
   *     window, until {@link #endBackoff}
   */
  public void acknowledged(
      StreamSlot stream,
      int count,
      List<DeliveryFailure> failures,
      RetryPolicy retry,
      List<QueuedMessage> backingOff) {
    Map<Integer, StatusCode> codes = new HashMap<>();
    failures.forEach(failure -> codes.put(failure.offset(), failure.code()));
    synchronized (lock) {
      long now = nanoClock.getAsLong();
      for (int i = 0; i < count; i++) {
        QueuedMessage message = stream.pollUnacknowledged();
        StatusCode code = codes.getOrDefault(i, StatusCode.OK);
        if (mayRetry(message, code, retry)) {
          streams.backOff(message);
          backingOff.add(message);
          continue;
        }
        if (code == StatusCode.OK) {
          ledger.delivered(message, now);
        } else {
          ledger.failed(message, code);
        }
        lanes.settled(stream, message);
      }
      streams.ready().addIfDue(stream);
      scheduler.refill();
    }
  }

  /** Ends the backoff of each message before its next attempt. */
  public void endBackoff(List<QueuedMessage> messages) {
    synchronized (lock) {
      streams.endBackoff(messages, nanoClock.getAsLong());
      scheduler.refill();
    }
  }

  /** Fails a message in backoff, which has no next attempt. */
  public void failBackingOff(QueuedMessage message) {
    synchronized (lock) {
      streams.failBackingOff(message);
      ledger.failed(message, StatusCode.CANCELLED);
    }
  }

  /**
   * Settles the unacknowledged messages of a stream that has lost its network stream, or puts them
   * back if they may be retried. The stream pauses until {@link #resume}.
   */
  public void lost(StreamSlot stream, StatusCode code, RetryPolicy retry) {
    lost(stream, code, message -> mayRetry(message, code, retry));
  }

  /**
   * Puts back the unacknowledged messages of a lost stream that the node has provably not seen: no
   * attempt was used.
   */
  public void unprocessed(StreamSlot stream) {
    lost(
        stream,
        StatusCode.CANCELLED,
        message -> {
          message.attempts--;
          return true;
        });
  }

  private void lost(StreamSlot stream, StatusCode code, Predicate<QueuedMessage> again) {
    synchronized (lock) {
      List<QueuedMessage> back = new ArrayList<>();
      for (int left = stream.unacknowledged(); left > 0; left--) {
        QueuedMessage message = stream.pollUnacknowledged();
        if (!lifecycle.isClosed() && again.test(message)) {
          back.add(message);
        } else {
          ledger.failed(message, lifecycle.isClosed() ? StatusCode.CANCELLED : code);
          lanes.settled(stream, message);
        }
      }
      streams.lost(stream, back);
      scheduler.refill();
    }
  }

  /** Ends the pause of a lost stream. */
  public void resume(StreamSlot stream) {
    synchronized (lock) {
      streams.resume(stream);
      scheduler.refill();
    }
  }

  /** Returns whether the stream sends no more and all that it sent is acknowledged. */
  public boolean hasEnded(StreamSlot stream) {
    synchronized (lock) {
      return stream.hasEnded();
    }
  }

  private static boolean mayRetry(QueuedMessage message, StatusCode code, RetryPolicy retry) {
    return code.retryable() && message.attempts < retry.maxAttempts();
  }

  /**
   * A message that a node could not handle.
   *
   * @param offset its position among the messages that one acknowledgement covers, from 0
   * @param detail the node's own words, one line
   */
  public record DeliveryFailure(int offset, StatusCode code, String detail) {}
}
