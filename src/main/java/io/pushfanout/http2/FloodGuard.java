package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * A limit on consecutive frames without progress, such as empty DATA or endless SETTINGS: each is
 * cheap to send and costs us something. PINGs are not counted: an idle connection may have many,
 * and their cost is bounded by the replies that the peer reads.
 *
 * <p>Frames caused by ours are excused, up to a credit: WINDOW_UPDATEs for our DATA, and replies
 * under way while we reset their stream.
 */
final class FloodGuard {
  /**
   * Most frames without progress from one part of a reply to the next; far more than any server
   * needs.
   */
  private static final int MAX_CONSECUTIVE = 200;

  /**
   * Frames excused by a DATA frame. A prefix and a message in one frame, each given back to the
   * stream and to the connection, cause four WINDOW_UPDATEs.
   */
  private static final int PER_DATA_FRAME = 8;

  /**
   * Frames excused by a reset: each envelope of a window may be acknowledged in a frame of its own.
   */
  private static final int PER_RESET = 2048;

  /**
   * Most frames excused at a time, about 10 ms of work here: a credit that grows without end would
   * excuse a flood.
   */
  private static final int MAX_EXCUSED = 1 << 17;

  private int consecutive;
  private int excused;

  /** Restarts the count after a reply, or a part of one, has come. */
  void onProgress() {
    consecutive = 0;
  }

  /** Excuses the frames that a sent DATA frame may cause. */
  void onDataSent() {
    excuse(PER_DATA_FRAME);
  }

  /** Excuses the frames that may follow our reset of a stream. */
  void onResetSent() {
    excuse(PER_RESET);
  }

  /**
   * Excuses the frames of new streams that our last GOAWAY excludes, before it reaches the peer.
   */
  void onGoAwaySent() {
    excused = MAX_EXCUSED;
  }

  /** Excuses the frame that a sent PING causes. */
  void onPingSent() {
    excuse(1);
  }

  private void excuse(int frames) {
    excused = Math.min(MAX_EXCUSED, excused + frames);
  }

  /**
   * Counts a frame without progress that a frame of ours may have caused.
   *
   * @throws Http2Exception for the whole connection, when there are too many
   */
  void countExcusable() throws Http2Exception {
    if (excused > 0) {
      excused--;
    } else {
      count();
    }
  }

  /**
   * Counts a frame without progress.
   *
   * @throws Http2Exception for the whole connection, when there are too many
   */
  void count() throws Http2Exception {
    if (++consecutive > MAX_CONSECUTIVE) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "more than %d frames that bring nothing", MAX_CONSECUTIVE);
    }
  }
}
