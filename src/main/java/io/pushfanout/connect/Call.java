package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.fanout.QueuedMessage;
import io.pushfanout.model.StatusCode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A unary call in flight, which ends by what the node answers. A reply's bytes are skipped. */
final class Call extends Exchange {
  private static final long MIN_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Http2Session session;
  private final QueuedMessage message;
  private final long deadlineNanos;
  private final long timeoutNanos;

  /** The answer's {@code :status}, once it has come. */
  private @Nullable CharSequence httpStatus;

  Call(Http2Session session, QueuedMessage message, long nowNanos, long timeoutNanos) {
    this.session = session;
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
   * Whether the node's clock may have met the deadline already: it counts the same time, and says
   * CANCEL when it is over.
   */
  static boolean isDue(long nanosLeft, long timeoutNanos) {
    return nanosLeft <= Math.max(MIN_MARGIN_NANOS, timeoutNanos / 100);
  }

  // ---- what the node answers

  @Override
  protected void onHeaders(Http2Headers headers, boolean end) {
    if (headers.status() != null) {
      httpStatus = headers.status();
    }
    if (end) {
      answered(headers);
    }
  }

  @Override
  protected void onData(ByteBuf data, boolean end) {
    if (end) {
      answered(null);
    }
  }

  private void answered(@Nullable Http2Headers trailers) {
    FinalStatus status = FinalStatus.of(trailers, httpStatus);
    complete(status.code(), status.detail());
  }

  @Override
  protected void onReset(long errorCode) {
    @Nullable Http2Error error = Http2Error.valueOf(errorCode);
    if (error == Http2Error.CANCEL && isDue(nanosLeft(System.nanoTime()), timeoutNanos)) {
      complete(StatusCode.DEADLINE_EXCEEDED, "cancelled by the node at the deadline");
    } else {
      String text = "reset by the node: " + StatusMapping.nameOf(errorCode);
      complete(StatusMapping.ofReset(error), text);
    }
  }

  @Override
  protected void onUnprocessed() {
    endUnseen();
    session.afterCalls();
  }

  @Override
  protected void onError(Http2Exception error) {
    complete(StatusCode.INTERNAL, PeerText.reason(error));
  }

  @Override
  boolean isAwaited() {
    return true;
  }

  @Override
  void end(StatusCode code, String detail) {
    session.ended(this, code, detail);
  }

  @Override
  void endUnseen() {
    session.endedUnseen(this);
  }

  private void complete(StatusCode code, String detail) {
    end(code, detail);
    session.afterCalls();
  }
}
