package io.pushfanout.connect;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.http2.ClientStream;
import io.pushfanout.model.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * What a session has open: calls and streams of deliveries, which end with it, or by the status
 * that the node answers.
 */
abstract sealed class GrpcCall extends ClientStream permits UnaryCall, GrpcNodeStream {
  private static final AsciiString TOO_MANY_REQUESTS = AsciiString.cached("429");

  private final Http2Session session;

  /** The answer's {@code :status}, once it has come. */
  private @Nullable CharSequence httpStatus;

  /** The headers that come next are incomplete. */
  private boolean cut;

  GrpcCall(Http2Session session) {
    this.session = session;
  }

  final Http2Session session() {
    return session;
  }

  /** Whether an answer has begun. */
  final boolean hasAnswered() {
    return httpStatus != null;
  }

  /** Whether what comes is an answer of gRPC's. */
  final boolean isHttpOk() {
    return httpStatus != null && FinalStatus.HTTP_OK.contentEquals(httpStatus);
  }

  private boolean isTooManyRequests() {
    return httpStatus != null && TOO_MANY_REQUESTS.contentEquals(httpStatus);
  }

  /** Whether the node owes an answer: silence is a reason to ask whether it lives. */
  abstract boolean isAwaited();

  /** It is over, by the node's answer or by what happened to its session. */
  abstract void end(Evidence evidence, StatusCode code, String detail);

  /** It is over, and the node has not processed it. */
  abstract void endUnseen(Evidence evidence);

  // ---- what the node answers

  @Override
  protected final void onHeadersCut() {
    cut = true;
  }

  @Override
  protected final void onHeaders(Http2Headers headers, boolean end) {
    boolean whole = !cut;
    cut = false;
    if (httpStatus == null) {
      httpStatus = headers.status();
      session.onAnswer();
    }
    if (end) {
      complete(FinalStatus.of(headers, whole, httpStatus));
    }
  }

  /** The node has ended the answer by data, without trailers. */
  final void endedByData() {
    complete(FinalStatus.withoutTrailers(httpStatus));
  }

  private void complete(FinalStatus status) {
    if (status.loop()) {
      session.refusedLoop();
    }
    // Whoever limits rates is there.
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

  /** The evidence of a reset: a node that has begun to answer is there. */
  final Evidence resetEvidence() {
    return hasAnswered() ? Evidence.PRESENT : Evidence.ABSENT;
  }

  final void completeUnseen(boolean refused) {
    endUnseen(refused ? Evidence.ABSENT : Evidence.NONE);
    session.afterCalls();
  }
}
