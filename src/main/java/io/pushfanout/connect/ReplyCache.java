package io.pushfanout.connect;

import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.model.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * A cache of what the last headers and trailers of a session mean. The replies of a node most often
 * have the same, as the same objects. For the session's loop only.
 */
final class ReplyCache {
  private @Nullable Http2Headers lastHeaders;
  private @Nullable CharSequence lastHttpStatus;
  private @Nullable Http2Headers lastTrailers;
  private @Nullable FinalStatus lastFinalStatus;

  /** Returns the {@code :status} of headers. */
  @SuppressWarnings("ReferenceEquality") // cached headers are the same object
  @Nullable CharSequence httpStatus(Http2Headers headers) {
    if (headers != lastHeaders) {
      lastHeaders = headers;
      lastHttpStatus = headers.status();
    }
    return lastHttpStatus;
  }

  /**
   * Returns the final status of an answer.
   *
   * @param whole false if trailers beyond the bound are missing
   * @param httpStatus null if there was none
   */
  @SuppressWarnings("ReferenceEquality") // cached trailers are the same object
  FinalStatus finalStatus(Http2Headers trailers, boolean whole, @Nullable CharSequence httpStatus) {
    FinalStatus known = lastFinalStatus;
    if (known != null && trailers == lastTrailers && whole) {
      return known;
    }
    FinalStatus status = FinalStatus.of(trailers, whole, httpStatus);
    // Trailers alone decide about OK; other statuses may depend on the headers before.
    boolean caches = whole && status.code() == StatusCode.OK;
    lastTrailers = caches ? trailers : null;
    lastFinalStatus = caches ? status : null;
    return status;
  }
}
