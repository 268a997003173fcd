package io.pushfanout.connect;

import io.netty.channel.ChannelFuture;
import io.pushfanout.fanout.QueuedMessage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call in flight. */
final class Call {
  private static final long MIN_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final QueuedMessage message;
  private final int streamId;
  private final long deadlineNanos;
  private final long timeoutNanos;
  private final ChannelFuture headers;

  /** The answer's {@code :status}, once it has come. */
  @Nullable CharSequence httpStatus;

  Call(
      QueuedMessage message,
      int streamId,
      long nowNanos,
      long timeoutNanos,
      ChannelFuture headers) {
    this.message = message;
    this.streamId = streamId;
    this.deadlineNanos = nowNanos + timeoutNanos;
    this.timeoutNanos = timeoutNanos;
    this.headers = headers;
  }

  QueuedMessage message() {
    return message;
  }

  int streamId() {
    return streamId;
  }

  long nanosLeft(long nowNanos) {
    return deadlineNanos - nowNanos;
  }

  /**
   * Whether the node's clock may have met the deadline already: it counts the same time, and says
   * CANCEL when it is over.
   */
  boolean isDue(long nowNanos) {
    return nanosLeft(nowNanos) <= Math.max(MIN_MARGIN_NANOS, timeoutNanos / 100);
  }

  /**
   * Whether the kernel has taken the whole HEADERS frame. If not, the node cannot have seen the
   * call. Final once the channel is closed.
   */
  boolean wasSent() {
    return headers.isSuccess();
  }
}
