package io.pushfanout.delivery;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.DeliveryFailure;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What carries one worker's stream, from its opening to its end. On the client's loop only. */
public final class StreamSession implements NodeStream.Listener {
  /**
   * Proxies bound the body of a request, nginx to 1 MiB, and its time, Traefik to 60 s, and cut a
   * stream that is under way.
   */
  private static final long MOST_BYTES = 512 << 10;

  private static final long MOST_NANOS = Duration.ofSeconds(30).toNanos();

  private final StreamDispatcher owner;
  private final StreamSlot worker;
  private final NodeStream transport;
  private final AckTimeouts deadlines = new AckTimeouts();
  private final List<QueuedMessage> batch = new ArrayList<>();
  private final long sinceNanos;
  private boolean finished;
  private long sentBytes;

  /** When something was last sent, or when it was opened. */
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

  /** Messages that it has sent and that are not acknowledged. */
  int unacknowledged() {
    return deadlines.unacknowledged();
  }

  /** Whether it has sent so much, or for so long, that another is to take its place. */
  boolean isWorn(long nowNanos) {
    return sentBytes >= MOST_BYTES || nowNanos - sinceNanos >= MOST_NANOS;
  }

  long quietNanos(long nowNanos) {
    return nowNanos - usedNanos;
  }

  /** Whether the node has handled all that it was sent, and something at all. */
  boolean isProven() {
    return deadlines.anythingAcknowledged() && deadlines.isClear();
  }

  boolean anythingAcknowledged() {
    return deadlines.anythingAcknowledged();
  }

  /** Sends all that its worker has to send, as far as it goes. Returns whether it sent anything. */
  boolean send(StreamQueue queue, long nowNanos, long deadlineNanos) {
    boolean any = false;
    for (int room; !finished && !isWorn(nowNanos) && (room = transport.room()) > 0; ) {
      batch.clear();
      owner.startIf(queue.takeBatch(worker, room, batch));
      if (batch.isEmpty()) {
        break;
      }
      for (QueuedMessage message : batch) {
        message.attempts++;
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

  /** Nothing is unacknowledged, and nothing more will be sent. */
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
