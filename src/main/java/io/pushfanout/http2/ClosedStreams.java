package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * The streams of a server's connection that have ended, or that the final GOAWAY excludes, and the
 * frames that still come for them (RFC 9113, 5.1). A frame that may have crossed the end is ignored
 * within the {@link FloodGuard}'s limit; any other frame resets its stream again.
 */
final class ClosedStreams {
  private final FrameWriter output;
  private final FloodGuard floodGuard;
  private final ResetLimiter resets;

  /** Streams that ended before the peer's request did. */
  private final RecentStreams cut;

  /** Id of the last stream that is served; no limit before the final GOAWAY. */
  private int lastServed = Integer.MAX_VALUE;

  /**
   * @param maxStreams streams that the peer may have open at a time
   */
  ClosedStreams(FrameWriter output, FloodGuard floodGuard, ResetLimiter resets, int maxStreams) {
    this.output = output;
    this.floodGuard = floodGuard;
    this.resets = resets;
    this.cut = new RecentStreams(maxStreams);
  }

  /** Adds a stream that has ended before the peer's request has. */
  void addCut(int id) {
    cut.add(id);
  }

  /** Excludes all higher streams, as the final GOAWAY does. */
  void excludeAbove(int id) {
    lastServed = id;
  }

  /** Returns whether a new stream is served: the final GOAWAY has not excluded it. */
  boolean isServed(int id) {
    return id <= lastServed;
  }

  /** Returns the id of the last stream that is served; no limit before the final GOAWAY. */
  int lastServed() {
    return lastServed;
  }

  /** Returns whether a frame may have crossed the end of its stream, or the GOAWAY. */
  boolean mayCross(int id) {
    return cut.has(id) || !isServed(id);
  }

  /** Receives a frame that belongs to a request. */
  void onFrame(int id) throws Http2Exception {
    if (mayCross(id)) {
      floodGuard.countExcusable();
    } else {
      reset(id, Http2Error.STREAM_CLOSED);
    }
  }

  /** Receives the peer's reset, which no frame may follow. */
  void onReset(int id) throws Http2Exception {
    cut.remove(id);
    floodGuard.countExcusable();
  }

  /** Resets a stream for a rule that the peer has broken on it since its end. */
  void reset(int id, Http2Error error) throws Http2Exception {
    Frames.rstStream(output.reply(Frames.RST_STREAM_BYTES), id, error.code());
    resets.count();
  }

  /** Resets a stream that was never opened. */
  void refuse(int id, Http2Error error) throws Http2Exception {
    cut.add(id);
    reset(id, error);
  }
}
