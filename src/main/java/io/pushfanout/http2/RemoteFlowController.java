package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/**
 * A sender of bodies within the peer's windows and the room of the channel (RFC 9113, 5.2). Bytes
 * beyond them stay with their stream in the pieces given; streams take turns, a frame each.
 *
 * <p>A frame is never larger than a buffer of ours, even if the peer accepts larger ones.
 */
final class RemoteFlowController {
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int DEFAULT_MAX_FRAME = 16_384;
  private static final int MAX_FRAME = FrameWriter.MAX_BYTES - Frames.FRAME_HEADER_BYTES;

  private final FrameWriter output;
  private final FloodGuard floodGuard;

  /** Streams that would send if the connection's window and the channel allowed it. */
  private final Deque<ConnectionStream> waiting = new ArrayDeque<>();

  private int connectionWindow = DEFAULT_WINDOW;
  private int initialWindow = DEFAULT_WINDOW;
  private int maxFrame = DEFAULT_MAX_FRAME;

  RemoteFlowController(FrameWriter output, FloodGuard floodGuard) {
    this.output = output;
    this.floodGuard = floodGuard;
  }

  void opened(ConnectionStream stream) {
    stream.sendWindow = initialWindow;
  }

  void send(ConnectionStream stream, Body body, boolean end) {
    stream.halfClosedLocal = end;
    int size = body.size();
    boolean first = stream.unsent == null && waiting.isEmpty();
    if (first && !body.isShared() && fits(stream, size)) {
      body.writeTo(dataHeader(stream, size, size, end));
      if (end) {
        stream.onBodySent();
      }
      return;
    }
    if (stream.unsent == null) {
      stream.unsent = new PendingBytes();
    }
    body.holdIn(stream.unsent);
    await(stream);
    resume();
  }

  /**
   * Takes the windows for a body that the caller writes itself, in one frame.
   *
   * @return false when the body does not fit; nothing is taken then
   */
  boolean tryTake(ConnectionStream stream, int size) {
    if (stream.unsent != null || !waiting.isEmpty() || !fits(stream, size)) {
      return false;
    }
    connectionWindow -= size;
    stream.sendWindow -= size;
    floodGuard.onDataSent();
    return true;
  }

  private boolean fits(ConnectionStream stream, int size) {
    int free = output.free();
    // A frame without bytes needs no window, which may be below 0.
    return free > 0 && (size == 0 || size <= allowed(stream, free));
  }

  /** Returns the largest size of the stream's next frame; may be below 0. */
  private int allowed(ConnectionStream stream, int free) {
    int window = Math.min(connectionWindow, stream.sendWindow);
    return Math.min(Math.min(window, maxFrame), free - Frames.FRAME_HEADER_BYTES);
  }

  /**
   * Returns the bytes of the stream's body that would leave at once: none while earlier bytes are
   * held back or after the body's end. After a 0 before the end, the stream gets {@link
   * ConnectionStream#onRoom} once there is room.
   */
  int room(ConnectionStream stream) {
    int free = output.free();
    int headerBytes = Frames.FRAME_HEADER_BYTES * (1 + free / maxFrame);
    int room = Math.min(free - headerBytes, Math.min(connectionWindow, stream.sendWindow));
    if (stream.unsent == null && room > 0) {
      return room;
    }
    stream.awaitsRoom = true;
    if (stream.sendWindow > 0) {
      await(stream);
    }
    return 0;
  }

  /**
   * Writes the header of a frame of {@code size} bytes. Returns a buffer with room for {@code
   * copied} bytes of it.
   */
  private ByteBuf dataHeader(ConnectionStream stream, int size, int copied, boolean end) {
    connectionWindow -= size;
    stream.sendWindow -= size;
    ByteBuf out = output.reserve(Frames.FRAME_HEADER_BYTES + copied);
    int flags = end && !stream.hasTrailers() ? Frames.END_STREAM : Frames.NO_FLAGS;
    Frames.header(out, size, Http2FrameTypes.DATA, flags, stream.id);
    floodGuard.onDataSent();
    return out;
  }

  private void await(ConnectionStream stream) {
    if (!stream.waiting) {
      stream.waiting = true;
      waiting.add(stream);
    }
  }

  /** Drops the unsent bytes of a stream. */
  void forget(ConnectionStream stream) {
    stream.unsent = null;
    stream.awaitsRoom = false;
    if (stream.waiting) {
      stream.waiting = false;
      waiting.remove(stream);
    }
  }

  /** Sends the waiting bytes that have room; to be called when the channel has room again. */
  void resume() {
    int free;
    while (!waiting.isEmpty() && connectionWindow > 0 && (free = output.free()) > 0) {
      ConnectionStream stream = waiting.remove();
      stream.waiting = false;
      PendingBytes unsent = stream.unsent;
      if (unsent != null) {
        sendFrame(stream, unsent, free);
      }
      if (stream.awaitsRoom && stream.unsent == null && stream.sendWindow > 0) {
        notifyRoom(stream);
      }
    }
  }

  private void notifyRoom(ConnectionStream stream) {
    if (connectionWindow > 0) {
      stream.awaitsRoom = false;
      stream.onRoom();
    } else {
      await(stream);
    }
  }

  private void sendFrame(ConnectionStream stream, PendingBytes unsent, int free) {
    int size = (int) Math.min(Math.max(0, allowed(stream, free)), unsent.bytes());
    if (size == 0 && unsent.bytes() > 0) {
      // The next increase of the stream's window queues it again.
      return;
    }
    boolean last = size == unsent.bytes();
    dataHeader(stream, size, unsent.copied(size), last && stream.halfClosedLocal);
    unsent.writeTo(output, size);
    stream.onPartSent();
    if (last) {
      stream.unsent = null;
      if (stream.halfClosedLocal) {
        stream.onBodySent();
      }
    } else {
      await(stream);
    }
  }

  // ---- limits of the peer

  void maxFrame(int bytes) {
    maxFrame = Math.min(MAX_FRAME, bytes);
  }

  void initialWindow(int bytes, Collection<? extends ConnectionStream> open) throws Http2Exception {
    int change = bytes - initialWindow;
    if (change == 0) {
      return;
    }
    initialWindow = bytes;
    for (ConnectionStream stream : open) {
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

  void streamWindow(ConnectionStream stream, int increment) throws Http2Exception {
    if ((long) stream.sendWindow + increment > Integer.MAX_VALUE) {
      throw Http2Exception.streamError(
          stream.id, Http2Error.FLOW_CONTROL_ERROR, "the stream's window is above 2^31-1");
    }
    stream.sendWindow += increment;
    if (awaitIfHeld(stream)) {
      resume();
    }
  }

  private boolean awaitIfHeld(ConnectionStream stream) {
    boolean held = stream.unsent != null || stream.awaitsRoom;
    if (held) {
      await(stream);
    }
    return held;
  }
}
