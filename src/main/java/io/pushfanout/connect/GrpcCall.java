package io.pushfanout.connect;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.http2.ClientStream;
import io.pushfanout.model.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * An open call of a session, unary or a stream of deliveries. A call ends with its session, or by
 * the status that the node answers.
 */
abstract sealed class GrpcCall extends ClientStream permits UnaryCall, GrpcStream {
  private static final AsciiString TOO_MANY_REQUESTS = AsciiString.cached("429");

  private final Http2Session session;

  /** The answer's {@code :status}, once it has come. */
  private @Nullable CharSequence httpStatus;

  /** Whether the next headers are incomplete. */
  private boolean cut;

  GrpcCall(Http2Session session) {
    this.session = session;
  }

  final Http2Session session() {
    return session;
  }

  /** Returns whether an answer has begun. */
  final boolean hasAnswered() {
    return httpStatus != null;
  }

  /** Returns whether the answer has HTTP status 200, as answers of gRPC have. */
  final boolean isHttpOk() {
    return httpStatus != null && FinalStatus.HTTP_OK.contentEquals(httpStatus);
  }

  private boolean isTooManyRequests() {
    return httpStatus != null && TOO_MANY_REQUESTS.contentEquals(httpStatus);
  }

  /** Returns whether the node owes an answer: silence is then a reason for a PING. */
  abstract boolean isAwaited();

  /** Ends the call, by the node's answer or by an event of its session. */
  abstract void end(Evidence evidence, StatusCode code, String detail);

  /** Ends the call, which the node has not processed. */
  abstract void endUnseen(Evidence evidence);

  // ---- answers of the node

  @Override
  protected final void onHeadersCut() {
    cut = true;
  }

  @Override
  protected final void onHeaders(Http2Headers headers, boolean end) {
    boolean whole = !cut;
    cut = false;
    if (httpStatus == null) {
      httpStatus = session.replies().httpStatus(headers);
      session.onServed();
    }
    if (end) {
      complete(session.replies().finalStatus(headers, whole, httpStatus));
    }
  }

  /** Completes an answer that the node has ended by data, without trailers. */
  final void endedByData() {
    complete(FinalStatus.withoutTrailers(httpStatus));
  }

  private void complete(FinalStatus status) {
    if (status.loop()) {
      session.engine().onRoutingLoop();
    }
    // A node that limits rates is present.
    boolean away = status.code() == StatusCode.UNAVAILABLE && !isTooManyRequests();
    complete(away ? Evidence.ABSENT : Evidence.PRESENT, status.code(), status.detail());
  }

  @Override
  protected final void onError(Http2Exception error) {
    complete(Evidence.PRESENT, StatusCode.INTERNAL, PeerMessage.reason(error));
  }

  final void complete(Evidence evidence, StatusCode code, String detail) {
    end(evidence, code, detail);
    session.afterCalls();
  }

  /** Returns the evidence of a reset: a node that has begun to answer is present. */
  final Evidence resetEvidence() {
    return hasAnswered() ? Evidence.PRESENT : Evidence.ABSENT;
  }

  final void completeUnseen(boolean refused) {
    endUnseen(refused ? Evidence.ABSENT : Evidence.NONE);
    session.afterCalls();
  }
}
