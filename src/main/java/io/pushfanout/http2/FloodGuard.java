package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Counts frames in a row that bring nothing on, such as empty DATA or SETTINGS without end: each is
 * cheap to send and costs us something. PINGs are no such frames: an idle connection may have many,
 * and what they cost is bounded by the replies that the peer reads.
 *
 * <p>Some of them have a reason in what we sent: windows are given back for DATA, and answers are
 * under way when we reset their stream. So many are excused.
 */
final class FloodGuard {
  /** Far more than any server has a reason for, from one answer to the next. */
  private static final int MAX_IN_A_ROW = 200;

  /**
   * A prefix and a message in one frame, each given back to the stream and to the connection, make
   * four WINDOW_UPDATEs.
   */
  private static final int PER_DATA_FRAME = 8;

  /** Each envelope of a window may be acknowledged in a frame of its own. */
  private static final int PER_RESET = 2048;

  /** About 10 ms of work here: a credit that grows without end would excuse a flood. */
  private static final int MAX_EXCUSED = 1 << 17;

  private int inARow;
  private int excused;

  /** An answer has come, or a part of one. */
  void end() {
    inARow = 0;
  }

  /** We have sent a DATA frame. */
  void onDataSent() {
    excuse(PER_DATA_FRAME);
  }

  /** We have reset a stream. */
  void onResetSent() {
    excuse(PER_RESET);
  }

  /** We have sent a PING. */
  void onPingSent() {
    excuse(1);
  }

  private void excuse(int frames) {
    excused = Math.min(MAX_EXCUSED, excused + frames);
  }

  /**
   * A frame that brings nothing on, for which we may have given the reason.
   *
   * @throws Http2Exception for the whole connection, when it is too often
   */
  void goOnExcused() throws Http2Exception {
    if (excused > 0) {
      excused--;
    } else {
      goOn();
    }
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
