package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A unary call in flight, which ends by the node's answer. A reply's bytes are skipped. */
final class UnaryCall extends GrpcCall {
  /**
   * Most bytes of a reply: the default of gRPC's libraries, none of which would take a larger one.
   */
  private static final int MAX_REPLY_BYTES = 4 << 20;

  private static final long MIN_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final QueuedMessage message;
  private final long deadlineNanos;
  private final long timeoutNanos;
  private int replyBytes;

  UnaryCall(Http2Session session, QueuedMessage message, long nowNanos, long timeoutNanos) {
    super(session);
    this.message = message;
    this.deadlineNanos = nowNanos + timeoutNanos;
    this.timeoutNanos = timeoutNanos;
  }

  QueuedMessage message() {
    return message;
  }

  long nanosLeft(long nowNanos) {
    return deadlineNanos - nowNanos;
  }

  /**
   * Returns whether the node's clock may have met the deadline already: the node counts the same
   * time, and resets with CANCEL when it is over.
   */
  static boolean isDue(long nanosLeft, long timeoutNanos) {
    return nanosLeft <= Math.max(MIN_MARGIN_NANOS, timeoutNanos / 100);
  }

  // ---- answers of the node

  @Override
  protected void onData(ByteBuf data, boolean end) {
    replyBytes += data.readableBytes();
    if (replyBytes > MAX_REPLY_BYTES) {
      session().reset(this, Http2Error.CANCEL);
      String text = "its reply is larger than " + MAX_REPLY_BYTES + " bytes";
      complete(Evidence.PRESENT, StatusCode.RESOURCE_EXHAUSTED, text);
    } else if (end) {
      endedByData();
    }
  }

  @Override
  protected void onReset(long errorCode) {
    @Nullable Http2Error error = Http2Error.valueOf(errorCode);
    if (error == Http2Error.CANCEL && isDue(nanosLeft(session().nanoTime()), timeoutNanos)) {
      String text = "cancelled by the node at the deadline";
      complete(Evidence.NONE, StatusCode.DEADLINE_EXCEEDED, text);
    } else {
      String text = "reset by the node: " + StatusMapping.nameOf(errorCode);
      complete(resetEvidence(), StatusMapping.ofReset(error), text);
    }
  }

  @Override
  protected void onUnprocessed(boolean refused) {
    if (hasAnswered()) {
      String text = "the node takes back what it has begun to answer";
      complete(Evidence.PRESENT, StatusCode.UNAVAILABLE, text);
    } else {
      completeUnseen(refused);
    }
  }

  @Override
  boolean isAwaited() {
    return true;
  }

  @Override
  void end(Evidence evidence, StatusCode code, String detail) {
    session().engine().onCompleted(message, evidence, code, detail);
  }

  @Override
  void endUnseen(Evidence evidence) {
    session().engine().onUnprocessed(message, evidence);
  }
}
