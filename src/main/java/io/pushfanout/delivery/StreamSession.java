package io.pushfanout.delivery;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import io.pushfanout.queue.StreamSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A session that carries one worker's stream, from its opening to its end. Used on the client's
 * loop only.
 */
public final class StreamSession implements NodeStream.Listener {
  /**
   * Bytes after which another stream takes over. Proxies bound the body of a request, nginx to 1
   * MiB, and its time, Traefik to 60 s, and cut a stream that is under way.
   */
  private static final long MAX_BYTES = 512 << 10;

  private static final long MAX_NANOS = Duration.ofSeconds(30).toNanos();

  private final StreamDispatcher owner;
  private final StreamSlot worker;
  private final NodeStream transport;
  private final AckTimeouts deadlines = new AckTimeouts();
  private final List<QueuedMessage> batch = new ArrayList<>();
  private final long sinceNanos;
  private boolean finished;
  private long sentBytes;

  /** Time in nanoseconds of the last send, or of the opening. */
  private long usedNanos;

  StreamSession(
      StreamDispatcher owner, StreamSlot worker, NodeConnection connection, long nowNanos) {
    this.sinceNanos = nowNanos;
    this.usedNanos = nowNanos;
    this.owner = owner;
    this.worker = worker;
    this.transport = connection.openStream(this);
  }

  StreamSlot worker() {
    return worker;
  }

  /** Returns the number of sent messages that are not acknowledged. */
  int unacknowledged() {
    return deadlines.unacknowledged();
  }

  /**
   * Returns whether the stream has sent so many bytes, or lasted so long, that another has to take
   * its place.
   */
  boolean mustRotate(long nowNanos) {
    return sentBytes >= MAX_BYTES || nowNanos - sinceNanos >= MAX_NANOS;
  }

  long idleNanos(long nowNanos) {
    return nowNanos - usedNanos;
  }

  /** Returns whether the node has acknowledged at least one message, and all that were sent. */
  boolean isProven() {
    return deadlines.anythingAcknowledged() && deadlines.isClear();
  }

  boolean anythingAcknowledged() {
    return deadlines.anythingAcknowledged();
  }

  /** Sends the worker's messages, as far as the stream has room. Returns whether any were sent. */
  boolean send(StreamQueue queue, long nowNanos, long deadlineNanos) {
    boolean any = false;
    for (int room; !finished && !mustRotate(nowNanos) && (room = transport.room()) > 0; ) {
      batch.clear();
      queue.takeBatch(worker, room, batch);
      if (batch.isEmpty()) {
        break;
      }
      for (QueuedMessage message : batch) {
        message.attempts++;
        message.byStream = true;
        sentBytes += message.size();
      }
      deadlines.sent(batch.size(), deadlineNanos);
      usedNanos = nowNanos;
      transport.send(batch);
      any = true;
    }
    batch.clear();
    return any;
  }

  /** Finishes the stream. Nothing is unacknowledged by then, and nothing more will be sent. */
  void finish(long deadlineNanos) {
    finished = true;
    deadlines.sent(1, deadlineNanos);
    transport.finish();
  }

  boolean isWaiting() {
    return !deadlines.isClear();
  }

  long nanosLeft(long nowNanos) {
    return deadlines.nanosLeft(nowNanos);
  }

  void reset() {
    transport.reset();
  }

  @Override
  public void onWritable() {
    owner.send(this);
  }

  @Override
  public void onAcknowledged(int count, List<DeliveryFailure> failures) {
    deadlines.acknowledged(count);
    owner.acknowledged(this, count, failures);
  }

  @Override
  public void onEnded(Evidence evidence, StatusCode code, String detail) {
    owner.ended(this, evidence, code, detail);
  }

  @Override
  public void onUnprocessed(Evidence evidence) {
    owner.unprocessed(this, evidence);
  }
}
