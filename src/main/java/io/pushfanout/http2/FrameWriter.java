package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to the channel: frames are put one behind the other into a buffer, which goes
 * to the channel when it is full or flushed. Counts bytes, so that of each frame it is known
 * whether the kernel has taken it, and that no more than a bound is on its way at a time.
 *
 * <p>Where there is no memory for a buffer the output has failed, and that alone: whoever writes a
 * frame goes on with a buffer that leads nowhere, so that nothing is left half done for an Error.
 * From then on nothing more reaches the channel.
 */
final class FrameWriter {
  /**
   * What is on its way at most: a connection is full from there on, but for frames that are no part
   * of a body.
   */
  static final int MAX_BYTES = 64 << 10;

  /** The same while memory is scarce. */
  static final int SCARCE_BYTES = 4 << 10;

  /** Less room than that is none: it would be filled with pieces of messages. */
  private static final int MIN_ROOM = 1 << 10;

  private static final int MIN_BUFFER = 512;

  /** Replies to a peer that asks and does not read what it is told. */
  private static final int MAX_UNREAD_REPLIES = 4096;

  private final ChannelHandlerContext context;
  private final WriteBuffers memory;
  private final Runnable onRoom;
  private final Consumer<Throwable> onFailure;
  private @Nullable ByteBuf buffer;

  /** What the next buffer is made for: as much as the last flush had. */
  private int bufferSize = MIN_BUFFER;

  private int flushed;

  /** Bytes put here since the connection began, and of them those that the kernel has. */
  private long written;

  private long taken;
  private boolean failed;

  /** Somebody has found it full: there is to be a call when it is not. */
  private boolean roomOwed;

  /** How many replies were put here since that position, which the kernel has not reached yet. */
  private int replies;

  private long repliesBegan;

  /**
   * @param onRoom run when there is room again for who has found none
   * @param onFailure told once when the channel takes no more, perhaps within a call
   */
  FrameWriter(
      ChannelHandlerContext context,
      WriteBuffers memory,
      Runnable onRoom,
      Consumer<Throwable> onFailure) {
    this.context = context;
    this.memory = memory;
    this.onRoom = onRoom;
    this.onFailure = onFailure;
  }

  /** Where to write the next frame, or a part of it: the buffer has room for so many bytes. */
  ByteBuf room(int bytes) {
    ByteBuf now = buffer;
    if (now != null && now.writableBytes() < bytes) {
      handOver(now);
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
    if (!failed) {
      try {
        ByteBuf made = context.alloc().directBuffer(bytes);
        memory.take(made.capacity());
        return made;
      } catch (RuntimeException | OutOfMemoryError e) {
        fail(e);
      }
    }
    return Unpooled.buffer(bytes);
  }

  /** The same for a frame that answers the peer. Such frames must not pile up. */
  ByteBuf reply(int bytes) throws Http2Exception {
    if (replies == 0 || taken > repliesBegan) {
      replies = 0;
      repliesBegan = position();
    }
    if (++replies > MAX_UNREAD_REPLIES) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "it asks for replies and does not read them");
    }
    return room(bytes);
  }

  boolean isOpen() {
    return !failed && context.channel().isActive();
  }

  /** How many bytes of bodies may be put here now; 0 when there will be a call for more. */
  int free() {
    long onItsWay = written - taken + unflushed();
    int most = memory.isScarce() ? SCARCE_BYTES : MAX_BYTES;
    if (failed || most - onItsWay < MIN_ROOM) {
      roomOwed = true;
      return 0;
    }
    return (int) (most - onItsWay);
  }

  private int unflushed() {
    return buffer == null ? 0 : buffer.readableBytes();
  }

  /** How many bytes were put here before now; beyond all that is taken, once it has failed. */
  long position() {
    return failed ? Long.MAX_VALUE : written + unflushed();
  }

  /** Whether the kernel has what was put here before that position. Final once it has failed. */
  boolean isTaken(long position) {
    return position <= taken;
  }

  void flush() {
    if (failed) {
      return;
    }
    if (buffer != null) {
      flushed += buffer.readableBytes();
      handOver(buffer);
    }
    if (flushed > 0) {
      bufferSize = Math.clamp(2L * Integer.highestOneBit(flushed), MIN_BUFFER, MAX_BYTES);
      flushed = 0;
      context.flush();
    }
  }

  private void handOver(ByteBuf full) {
    buffer = null;
    int length = full.readableBytes();
    int capacity = full.capacity();
    if (failed) {
      release(full, capacity);
      return;
    }
    written += length;
    // Held once more: when it fails, its reader index says how far the kernel came; under TLS how
    // far encryption came, which is never less.
    context
        .write(full.retain())
        .addListener(
            sent -> {
              taken(sent.isSuccess() ? length : full.readerIndex());
              release(full, capacity);
              if (sent.isSuccess()) {
                tellRoom();
              } else {
                fail(sent.cause());
              }
            });
  }

  private void taken(int bytes) {
    if (!failed) {
      taken += bytes;
    }
  }

  private void tellRoom() {
    if (roomOwed && free() > 0) {
      roomOwed = false;
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

  /** Lets go of what was not flushed. */
  void discard() {
    if (buffer != null) {
      ByteBuf unflushed = buffer;
      buffer = null;
      written += unflushed.readableBytes();
      release(unflushed, unflushed.capacity());
    }
  }
}
