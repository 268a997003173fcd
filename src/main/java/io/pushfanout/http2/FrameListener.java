package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;

/** A receiver of the frames that a {@link FrameReader} has checked one by one. */
interface FrameListener extends Http2FrameListener {
  /**
   * Receives a whole header block.
   *
   * @param whole false if it was too long and the last fields are missing
   */
  void onHeaders(int id, Http2Headers headers, boolean whole, boolean end) throws Http2Exception;

  /**
   * Receives a header block of malformed headers, which has changed the header table all the same.
   */
  void onMalformedHeaders(Http2Exception.StreamException error) throws Http2Exception;

  /**
   * Resets the stream of an error; an error of a stream that was never opened is the connection's.
   */
  void onStreamError(Http2Exception.StreamException error) throws Http2Exception;
}
