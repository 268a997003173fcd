package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Counts frames in a row that bring nothing on, such as empty DATA or SETTINGS without end: each is
 * cheap to send and costs us something. PINGs are no such frames: an idle connection may have many,
 * and what they cost is bounded by the replies that the peer reads.
 */
final class Idling {
  /** Far more than any server has a reason for, from one answer to the next. */
  private static final int MAX_IN_A_ROW = 200;

  private int inARow;

  /** An answer has come, or a part of one. */
  void end() {
    inARow = 0;
  }

  /**
   * @throws Http2Exception for the whole connection, when it is too often
   */
  void goOn() throws Http2Exception {
    if (++inARow > MAX_IN_A_ROW) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "more than %d frames that bring nothing", MAX_IN_A_ROW);
    }
  }
}
