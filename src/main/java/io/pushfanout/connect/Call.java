package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.pushfanout.fanout.QueuedMessage;
import io.pushfanout.http2.ClientStream;
import io.pushfanout.model.StatusCode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A unary call in flight, which ends by what the node answers.
 *
 * <p>A reply's bytes are skipped, and its content type is not looked at: {@code grpc-status} alone
 * decides, and whoever sends one speaks gRPC.
 */
final class Call extends ClientStream {
  private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
  private static final AsciiString HTTP_OK = AsciiString.cached("200");
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
      answered(headers.get(GRPC_STATUS), headers);
    }
  }

  @Override
  protected void onData(ByteBuf data, boolean end) {
    if (end) {
      answeredWithout();
    }
  }

  private void answered(@Nullable CharSequence grpcStatus, Http2Headers trailers) {
    if (grpcStatus == null) {
      answeredWithout();
      return;
    }
    StatusCode code = StatusCode.ofHeader(grpcStatus);
    CharSequence text = code == StatusCode.OK ? null : trailers.get(GRPC_MESSAGE);
    complete(code, text == null ? "" : PeerText.percentDecoded(text));
  }

  /** Without a {@code grpc-status} it was perhaps no server of gRPC that answered. */
  private void answeredWithout() {
    if (httpStatus == null || HTTP_OK.contentEquals(httpStatus)) {
      complete(StatusCode.UNKNOWN, "the answer has no grpc-status");
    } else {
      String text = PeerText.line("HTTP status " + httpStatus);
      complete(StatusMapping.ofHttpStatus(httpStatus), text);
    }
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
    session.unprocessed(this);
  }

  @Override
  protected void onError(Http2Exception error) {
    complete(StatusCode.INTERNAL, PeerText.reason(error));
  }

  private void complete(StatusCode code, String detail) {
    session.completed(this, code, detail);
  }
}
