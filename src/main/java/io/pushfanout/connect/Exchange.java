package io.pushfanout.connect;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.http2.ClientStream;
import io.pushfanout.model.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * What a session has open: calls and streams of deliveries, which end with it, or by the status
 * that the node answers.
 */
abstract sealed class Exchange extends ClientStream permits Call, DeliveryStream {
  private final Http2Session session;

  /** The answer's {@code :status}, once it has come. */
  private @Nullable CharSequence httpStatus;

  Exchange(Http2Session session) {
    this.session = session;
  }

  final Http2Session session() {
    return session;
  }

  /** Whether an answer has begun. */
  final boolean hasAnswered() {
    return httpStatus != null;
  }

  /** Whether the node owes an answer: silence is a reason to ask whether it lives. */
  abstract boolean isAwaited();

  /** It is over, by what happened to its session. */
  abstract void end(StatusCode code, String detail);

  /** It is over, and the node cannot have seen it. */
  abstract void endUnseen();

  // ---- what the node answers

  @Override
  protected final void onHeaders(Http2Headers headers, boolean end) {
    if (httpStatus == null) {
      httpStatus = headers.status();
    }
    if (end) {
      answered(headers);
    }
  }

  /**
   * The node has said all that it will say.
   *
   * @param trailers null where data was the last of it
   */
  final void answered(@Nullable Http2Headers trailers) {
    FinalStatus status = FinalStatus.of(trailers, httpStatus);
    if (status.loop()) {
      session.refusedLoop();
    }
    complete(status.code(), status.detail());
  }

  @Override
  protected final void onError(Http2Exception error) {
    complete(StatusCode.INTERNAL, PeerText.reason(error));
  }

  final void complete(StatusCode code, String detail) {
    end(code, detail);
    session.afterCalls();
  }

  final void completeUnseen() {
    endUnseen();
    session.afterCalls();
  }
}
