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
 *
 * <p>A frame is never larger than a buffer of ours, whatever the peer would take.
 */
final class RemoteFlowController {
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int DEFAULT_MAX_FRAME = 16_384;
  private static final int MAX_FRAME = FrameWriter.MAX_BYTES - Frames.HEAD_BYTES;

  private final FrameWriter output;
  private final FloodGuard idling;

  /** Streams that would send if the connection's window and the channel let them. */
  private final Deque<ClientStream> waiting = new ArrayDeque<>();

  private int connectionWindow = DEFAULT_WINDOW;
  private int initialWindow = DEFAULT_WINDOW;
  private int maxFrame = DEFAULT_MAX_FRAME;

  RemoteFlowController(FrameWriter output, FloodGuard idling) {
    this.output = output;
    this.idling = idling;
  }

  void opened(ClientStream stream) {
    stream.sendWindow = initialWindow;
  }

  void send(ClientStream stream, byte[][] pieces, boolean end) {
    stream.endGiven = end;
    int size = size(pieces);
    if (stream.unsent == null && waiting.isEmpty() && fits(stream, size)) {
      ByteBuf out = head(stream, size, end);
      for (byte[] piece : pieces) {
        out.writeBytes(piece);
      }
      return;
    }
    if (stream.unsent == null) {
      stream.unsent = new PendingBytes();
    }
    stream.unsent.add(pieces);
    await(stream);
    resume();
  }

  private boolean fits(ClientStream stream, int size) {
    int free = output.free();
    // What has no bytes needs no window, which may be below 0.
    return free > 0 && (size == 0 || size <= allowed(stream, free));
  }

  /** How large the stream's next frame may be; below 0 too. */
  private int allowed(ClientStream stream, int free) {
    int window = Math.min(connectionWindow, stream.sendWindow);
    return Math.min(Math.min(window, maxFrame), free - Frames.HEAD_BYTES);
  }

  /**
   * How many bytes more of its body would leave at once; none while anything of it is held back.
   * Where there are none the stream is told when there are.
   */
  int room(ClientStream stream) {
    int free = output.free();
    int heads = Frames.HEAD_BYTES * (1 + free / maxFrame);
    int room = Math.min(free - heads, Math.min(connectionWindow, stream.sendWindow));
    if (stream.unsent == null && room > 0) {
      return room;
    }
    stream.heldBack = true;
    if (stream.sendWindow > 0) {
      await(stream);
    }
    return 0;
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
    stream.heldBack = false;
    if (stream.waiting) {
      stream.waiting = false;
      waiting.remove(stream);
    }
  }

  /** Sends what can be sent; to be called when the channel has room again. */
  void resume() {
    int free;
    while (!waiting.isEmpty() && connectionWindow > 0 && (free = output.free()) > 0) {
      ClientStream stream = waiting.remove();
      stream.waiting = false;
      PendingBytes unsent = stream.unsent;
      if (unsent != null) {
        sendFrame(stream, unsent, free);
      }
      if (stream.heldBack && stream.unsent == null && stream.sendWindow > 0) {
        tellRoom(stream);
      }
    }
  }

  private void tellRoom(ClientStream stream) {
    if (connectionWindow > 0) {
      stream.heldBack = false;
      stream.onRoom();
    } else {
      await(stream);
    }
  }

  private void sendFrame(ClientStream stream, PendingBytes unsent, int free) {
    int size = (int) Math.min(Math.max(0, allowed(stream, free)), unsent.bytes());
    if (size == 0 && unsent.bytes() > 0) {
      // Its window will bring it back.
      return;
    }
    boolean last = size == unsent.bytes();
    unsent.writeTo(head(stream, size, last && stream.endGiven), size);
    if (last) {
      stream.unsent = null;
    } else {
      await(stream);
    }
  }

  // ---- what the peer allows

  void maxFrame(int bytes) {
    maxFrame = Math.min(MAX_FRAME, bytes);
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
      awaitIfHeld(stream);
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
    if (awaitIfHeld(stream)) {
      resume();
    }
  }

  private boolean awaitIfHeld(ClientStream stream) {
    boolean held = stream.unsent != null || stream.heldBack;
    if (held) {
      await(stream);
    }
    return held;
  }
}
