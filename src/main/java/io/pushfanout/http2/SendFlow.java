package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/**
 * Sends bodies as far as the peer's windows and the channel allow (RFC 9113, 5.2). What they do not
 * allow stays with its stream in the pieces that it was given in; streams take turns, a frame each.
 */
final class SendFlow {
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int DEFAULT_MAX_FRAME = 16_384;

  private final Output output;
  private final Idling idling;

  /** Streams that could send if the connection's window and the channel let them. */
  private final Deque<ClientStream> waiting = new ArrayDeque<>();

  private int connectionWindow = DEFAULT_WINDOW;
  private int initialWindow = DEFAULT_WINDOW;
  private int maxFrame = DEFAULT_MAX_FRAME;

  SendFlow(Output output, Idling idling) {
    this.output = output;
    this.idling = idling;
  }

  void opened(ClientStream stream) {
    stream.sendWindow = initialWindow;
  }

  void send(ClientStream stream, byte[][] pieces, boolean end) {
    stream.endGiven = end;
    int size = size(pieces);
    if (stream.unsent == null && waiting.isEmpty() && !output.isFull() && fits(stream, size)) {
      ByteBuf out = head(stream, size, end);
      for (byte[] piece : pieces) {
        out.writeBytes(piece);
      }
      return;
    }
    if (stream.unsent == null) {
      stream.unsent = new Unsent();
    }
    stream.unsent.add(pieces);
    await(stream);
    resume();
    stream.heldBack = stream.unsent != null;
  }

  private boolean fits(ClientStream stream, int size) {
    // What has no bytes needs no window, which may be below 0.
    return size == 0 || (size <= maxFrame && size <= connectionWindow && size <= stream.sendWindow);
  }

  private static int size(byte[][] pieces) {
    int size = 0;
    for (byte[] piece : pieces) {
      size += piece.length;
    }
    return size;
  }

  private ByteBuf head(ClientStream stream, int size, boolean end) {
    connectionWindow -= size;
    stream.sendWindow -= size;
    ByteBuf out = output.room(Frames.HEAD_BYTES + size);
    int flags = end ? Frames.END_STREAM : Frames.NO_FLAGS;
    Frames.head(out, size, Http2FrameTypes.DATA, flags, stream.id);
    idling.onDataSent();
    return out;
  }

  private void await(ClientStream stream) {
    if (!stream.waiting) {
      stream.waiting = true;
      waiting.add(stream);
    }
  }

  /** Nothing more is to be sent of it. */
  void forget(ClientStream stream) {
    stream.unsent = null;
    if (stream.waiting) {
      stream.waiting = false;
      waiting.remove(stream);
    }
  }

  /** Sends what can be sent; to be called when the channel has room again. */
  void resume() {
    while (!output.isFull() && connectionWindow > 0) {
      ClientStream stream = waiting.poll();
      if (stream == null) {
        return;
      }
      stream.waiting = false;
      if (sendFrame(stream) && stream.heldBack) {
        stream.heldBack = false;
        stream.onSent();
      }
    }
  }

  /** Returns whether it was the last of what is given so far. */
  private boolean sendFrame(ClientStream stream) {
    Unsent unsent = stream.unsent;
    if (unsent == null) {
      // Closed meanwhile.
      return false;
    }
    int allowed = Math.min(maxFrame, Math.min(connectionWindow, stream.sendWindow));
    int size = (int) Math.min(Math.max(0, allowed), unsent.bytes());
    if (size <= 0 && unsent.bytes() > 0) {
      // Its window will bring it back.
      return false;
    }
    boolean last = size == unsent.bytes();
    unsent.writeTo(head(stream, size, last && stream.endGiven), size);
    if (last) {
      stream.unsent = null;
    } else {
      await(stream);
    }
    return last;
  }

  // ---- what the peer allows

  void maxFrame(int bytes) {
    maxFrame = bytes;
  }

  void initialWindow(int bytes, Collection<ClientStream> open) throws Http2Exception {
    int change = bytes - initialWindow;
    if (change == 0) {
      return;
    }
    initialWindow = bytes;
    for (ClientStream stream : open) {
      if ((long) stream.sendWindow + change > Integer.MAX_VALUE) {
        throw Http2Exception.connectionError(
            Http2Error.FLOW_CONTROL_ERROR, "stream %d: window above 2^31-1", stream.id);
      }
      stream.sendWindow += change;
      if (stream.unsent != null) {
        await(stream);
      }
    }
    resume();
  }

  void connectionWindow(int increment) throws Http2Exception {
    if ((long) connectionWindow + increment > Integer.MAX_VALUE) {
      throw Http2Exception.connectionError(
          Http2Error.FLOW_CONTROL_ERROR, "the connection's window is above 2^31-1");
    }
    connectionWindow += increment;
    resume();
  }

  void streamWindow(ClientStream stream, int increment) throws Http2Exception {
    if ((long) stream.sendWindow + increment > Integer.MAX_VALUE) {
      throw Http2Exception.streamError(
          stream.id, Http2Error.FLOW_CONTROL_ERROR, "the stream's window is above 2^31-1");
    }
    stream.sendWindow += increment;
    if (stream.unsent != null) {
      await(stream);
      resume();
    }
  }
}
