package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.http2.Body;
import io.pushfanout.model.StatusCode;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * A call that stays open: messages go both ways until this side finishes it, or either side resets
 * it. A message of the node that breaks the rules ends the stream.
 */
abstract sealed class GrpcStream extends GrpcCall permits GrpcNodeStream, GrpcInterestStream {
  private static final Body NOTHING = Body.of(new byte[0]);

  private final MessageReader reader;
  private boolean finished;
  private boolean over;

  /**
   * @param maxBytes most bytes of a message of the node
   */
  GrpcStream(Http2Session session, int maxBytes) {
    super(session);
    this.reader = new MessageReader(maxBytes);
  }

  /** Returns whether this side sends no more. */
  final boolean isFinished() {
    return finished;
  }

  /** Returns the bytes of a message and its prefix that would leave at once. */
  final int roomBytes() {
    return over || finished ? 0 : session().room(this);
  }

  // ---- methods for the engine

  public final void finish() {
    if (!over && !finished) {
      finished = true;
      session().send(this, NOTHING, true);
    }
  }

  public final void reset() {
    if (markOver()) {
      session().reset(this, Http2Error.CANCEL);
    }
  }

  /** Ends the stream for its listener. Returns whether it was open. */
  final boolean markOver() {
    boolean open = !over;
    over = true;
    return open;
  }

  // ---- answers of the node

  /**
   * Takes a message.
   *
   * @throws ProtocolException if it breaks the rules
   */
  abstract void onMessage(byte[] message) throws ProtocolException;

  /** Follows the messages of one frame, or those before an invalid one. */
  void afterMessages() {}

  /** Follows an invalid message; the stream has been reset. */
  abstract void onInvalid(String why);

  @Override
  protected final void onData(ByteBuf data, boolean end) {
    if (over) {
      return;
    }
    // Other data is a proxy's page about an absent node.
    if (isHttpOk()) {
      String invalid = read(data);
      afterMessages();
      if (invalid != null) {
        session().reset(this, Http2Error.CANCEL);
        onInvalid(invalid);
        return;
      }
    }
    if (end) {
      endedByData();
    }
  }

  /** Reads the messages. Returns why one is invalid; null when all are valid. */
  private @Nullable String read(ByteBuf data) {
    try {
      for (byte[] m = reader.next(data); m != null && !over; m = reader.next(data)) {
        onMessage(m);
      }
      return null;
    } catch (ProtocolException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Completes the stream as lost, for any reason of the reset: its messages may be tried again. */
  @Override
  protected final void onReset(long errorCode) {
    String text = "reset by the node: " + StatusMapping.nameOf(errorCode);
    complete(resetEvidence(), StatusCode.UNAVAILABLE, text);
  }
}
