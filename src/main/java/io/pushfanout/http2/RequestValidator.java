package io.pushfanout.http2;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A validator of a client's headers and trailers (RFC 9113, 8.1 and 8.3.1). */
final class RequestValidator {
  static final long NO_LENGTH = -1;
  static final long MALFORMED = -2;

  private static final int MAX_LENGTH_DIGITS = 18;

  /**
   * Last well-formed headers without a content length; most likely the next ones are the same
   * object.
   */
  private @Nullable Http2Headers plain;

  /**
   * Returns the content length of a request, {@link #NO_LENGTH} for none, or {@link #MALFORMED} for
   * headers that are no request's.
   *
   * @param whole false if the headers were too long and the last fields are missing
   */
  @SuppressWarnings("ReferenceEquality") // cached headers are the same object
  long contentLength(Http2Headers headers, boolean whole) {
    if (headers == plain) {
      return NO_LENGTH;
    }
    if (whole && !hasPseudoHeaders(headers)) {
      return MALFORMED;
    }
    List<CharSequence> values = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (values.isEmpty()) {
      plain = RepeatedHeaders.mayKeep(headers) ? headers : null;
      return NO_LENGTH;
    }
    String value = values.getFirst().toString();
    // Equal ones count as one (RFC 9110, section 8.6).
    boolean number =
        values.stream().distinct().count() == 1
            && !value.isEmpty()
            && value.length() <= MAX_LENGTH_DIGITS
            && value.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    return number ? Long.parseLong(value) : MALFORMED;
  }

  private static boolean hasPseudoHeaders(Http2Headers headers) {
    CharSequence method = headers.method();
    return method != null
        && (HttpMethod.CONNECT.asciiName().contentEquals(method)
            || (headers.scheme() != null && headers.path() != null));
  }

  /**
   * Checks trailers.
   *
   * @param end whether they end the stream
   * @throws Http2Exception of the stream, for malformed trailers
   */
  static void checkTrailers(int id, Http2Headers trailers, boolean end) throws Http2Exception {
    if (!end) {
      throw Http2Exception.streamError(
          id, Http2Error.PROTOCOL_ERROR, "trailers that do not end the stream");
    }
    for (CharSequence name : trailers.names()) {
      if (Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(name)) {
        throw Http2Exception.streamError(
            id, Http2Error.PROTOCOL_ERROR, "trailers with a pseudo-header");
      }
    }
  }
}
