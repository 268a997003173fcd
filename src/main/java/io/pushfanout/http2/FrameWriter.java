package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A writer that appends frames to a buffer and passes the buffer to the channel when it is full or
 * flushed. It counts bytes, so that for each frame it is known whether the kernel has it, and
 * bounds the bytes on their way.
 *
 * <p>Without memory for a buffer, only the output fails: the code that writes a frame continues
 * with a buffer that leads nowhere, so that an Error leaves nothing half done. From then on nothing
 * more reaches the channel.
 */
final class FrameWriter {
  /**
   * Most bytes on their way to the peer: beyond it, only frames that are no part of a body are
   * added. A message of 64 KiB leaves at once, with its frames.
   */
  static final int MAX_BYTES = 72 << 10;

  /** Most bytes on their way while memory is scarce. */
  static final int SCARCE_BYTES = 4 << 10;

  /** Free bytes below which there is no room: it would be filled with pieces of messages. */
  private static final int MIN_ROOM = 1 << 10;

  private static final int MIN_BUFFER = 512;

  /** Most replies to a peer that requests them and does not read them. */
  private static final int MAX_UNREAD_REPLIES = 4096;

  private final WriteBuffers memory;
  private final Runnable onRoom;
  private final Consumer<Throwable> onFailure;

  /** Way to the channel; null until it is connected. */
  private @Nullable ChannelHandlerContext context;

  private @Nullable ByteBuf buffer;

  /** Size of the next buffer, by the bytes of the last flush. */
  private int bufferSize = MIN_BUFFER;

  /** Bytes of the buffer that the current flush hands to the channel. */
  private int sinceFlush;

  /** Whether the channel has bytes that it was not told to flush. */
  private boolean flushDue;

  /** Bytes handed to the channel since the connection began. */
  private long written;

  /** Bytes that the kernel has taken of those written. */
  private long flushed;

  private boolean failed;

  /** Whether a caller found the output full: {@code onRoom} must run when it is not. */
  private boolean roomCallbackDue;

  /**
   * Replies written since {@link #repliesBegan}, a position that the kernel has not reached yet.
   */
  private int replies;

  private long repliesBegan;

  /**
   * @param onRoom runs when there is room again after {@link #free} has returned 0
   * @param onFailure runs once when the channel takes no more, perhaps within a call
   */
  FrameWriter(WriteBuffers memory, Runnable onRoom, Consumer<Throwable> onFailure) {
    this.memory = memory;
    this.onRoom = onRoom;
    this.onFailure = onFailure;
  }

  /** Begins with a connected channel; nothing may be written before. */
  void begin(ChannelHandlerContext channel) {
    context = channel;
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not connected");
    }
    return context;
  }

  /**
   * Returns the buffer for the next frame, or a part of it, with room for the given number of
   * bytes.
   */
  ByteBuf reserve(int bytes) {
    ByteBuf now = buffer;
    if (now != null && now.writableBytes() < bytes) {
      passToChannel(now);
      bufferSize = Math.min(MAX_BYTES, bufferSize * 2);
      now = null;
    }
    if (now == null) {
      now = newBuffer(memory.isScarce() ? bytes : Math.max(bytes, bufferSize));
      buffer = now;
    }
    return now;
  }

  private ByteBuf newBuffer(int bytes) {
    ByteBufAllocator allocator = context().alloc();
    if (!failed) {
      try {
        ByteBuf made = allocator.directBuffer(bytes);
        memory.take(made.capacity());
        return made;
      } catch (RuntimeException | OutOfMemoryError e) {
        fail(e);
      }
    }
    return Unpooled.buffer(bytes);
  }

  /** Returns the buffer for a frame that replies to the peer. Such frames must not pile up. */
  ByteBuf reply(int bytes) throws Http2Exception {
    if (replies == 0 || flushed > repliesBegan) {
      replies = 0;
      repliesBegan = position();
    }
    if (++replies > MAX_UNREAD_REPLIES) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "it sends pings or settings and does not read the replies");
    }
    return reserve(bytes);
  }

  boolean isOpen() {
    return !failed && context != null && context.channel().isActive();
  }

  /**
   * Returns the bytes of bodies that may be written now; after a result of 0, {@code onRoom} will
   * run.
   */
  int free() {
    long onItsWay = written - flushed + unflushed();
    int most = memory.isScarce() ? SCARCE_BYTES : MAX_BYTES;
    if (failed || context == null || most - onItsWay < MIN_ROOM) {
      roomCallbackDue = true;
      return 0;
    }
    return (int) (most - onItsWay);
  }

  private int unflushed() {
    return buffer == null ? 0 : buffer.readableBytes();
  }

  /**
   * Returns the number of bytes written so far; beyond all flushed positions once the output has
   * failed.
   */
  long position() {
    return failed ? Long.MAX_VALUE : written + unflushed();
  }

  /**
   * Returns whether the kernel has the bytes before that position. Final once the output has
   * failed.
   */
  boolean isFlushed(long position) {
    return position <= flushed;
  }

  void flush() {
    if (failed) {
      return;
    }
    if (buffer != null) {
      sinceFlush += buffer.readableBytes();
      passToChannel(buffer);
    }
    if (flushDue) {
      flushDue = false;
      bufferSize = Math.clamp(2L * Integer.highestOneBit(sinceFlush), MIN_BUFFER, MAX_BYTES);
      sinceFlush = 0;
      context().flush();
    }
  }

  private void passToChannel(ByteBuf full) {
    buffer = null;
    int capacity = full.capacity();
    Runnable end = () -> release(full, capacity);
    if (failed) {
      end.run();
    } else {
      pass(full, end);
    }
  }

  /**
   * Writes bytes of a body that other connections send too, without a copy where one serves all.
   */
  void write(SharedBytes shared, int offset, int length) {
    ByteBuf slice = slice(shared, offset, length);
    if (slice == null) {
      reserve(length).writeBytes(shared.array(), offset, length);
      return;
    }
    if (buffer != null) {
      passToChannel(buffer);
    }
    pass(
        slice,
        () -> {
          slice.release();
          shared.giveBack();
        });
  }

  private @Nullable ByteBuf slice(SharedBytes shared, int offset, int length) {
    if (failed) {
      return null;
    }
    try {
      return shared.slice(memory, context().alloc(), offset, length);
    } catch (RuntimeException | OutOfMemoryError e) {
      fail(e);
      return null;
    }
  }

  /**
   * Passes bytes to the channel.
   *
   * @param end gives the memory of the bytes back
   */
  private void pass(ByteBuf full, Runnable end) {
    int length = full.readableBytes();
    flushDue = true;
    written += length;
    // Retained: after a failure its reader index shows how far the kernel came; under TLS how far
    // encryption came, which is never less.
    context()
        .write(full.retain())
        .addListener(
            sent -> {
              flushed(sent.isSuccess() ? length : full.readerIndex());
              end.run();
              if (sent.isSuccess()) {
                notifyRoom();
              } else {
                fail(sent.cause());
              }
            });
  }

  private void flushed(int bytes) {
    if (!failed) {
      flushed += bytes;
    }
  }

  private void notifyRoom() {
    if (roomCallbackDue && free() > 0) {
      roomCallbackDue = false;
      onRoom.run();
    }
  }

  private void release(ByteBuf done, int capacity) {
    if (done.isDirect()) {
      memory.giveBack(capacity);
    }
    done.release();
  }

  private void fail(Throwable cause) {
    if (!failed) {
      failed = true;
      discard();
      onFailure.accept(cause);
    }
  }

  /** Releases the bytes that were not flushed. */
  void discard() {
    if (buffer != null) {
      ByteBuf unflushed = buffer;
      buffer = null;
      written += unflushed.readableBytes();
      release(unflushed, unflushed.capacity());
    }
  }
}
