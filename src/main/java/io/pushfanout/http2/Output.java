package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to the channel: frames are put one behind the other into a buffer, which goes
 * to the channel when it is full or flushed. Counts bytes, so that of each frame it is known
 * whether the kernel has taken it.
 */
final class Output {
  private static final int MIN_BUFFER = 512;
  private static final int MAX_BUFFER = 64 << 10;

  /** Replies to a peer that asks and does not read what it is told. */
  private static final int MAX_UNREAD_REPLIES = 4096;

  private final ChannelHandlerContext context;
  private final Consumer<Throwable> onFailure;
  private @Nullable ByteBuf buffer;

  /** What the next buffer is made for: as much as the last flush had. */
  private int bufferSize = MIN_BUFFER;

  private int flushed;

  /** Bytes put here since the connection began, and of them those that the kernel has. */
  private long written;

  private long taken;
  private boolean failed;

  /** How many replies were put here since that position, which the kernel has not reached yet. */
  private int replies;

  private long repliesBegan;

  /**
   * @param onFailure told when the channel takes no more
   */
  Output(ChannelHandlerContext context, Consumer<Throwable> onFailure) {
    this.context = context;
    this.onFailure = onFailure;
  }

  /** Where to write the next frame, or a part of it: the buffer has room for so many bytes. */
  ByteBuf room(int bytes) {
    ByteBuf now = buffer;
    if (now != null && now.writableBytes() < bytes) {
      handOver(now);
      bufferSize = Math.min(MAX_BUFFER, bufferSize * 2);
      now = null;
    }
    if (now == null) {
      now = context.alloc().directBuffer(Math.max(bytes, bufferSize));
      buffer = now;
    }
    return now;
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

  /** Whether the channel would rather have no more for now. */
  boolean isFull() {
    return !context.channel().isWritable() || unflushed() >= MAX_BUFFER;
  }

  private int unflushed() {
    return buffer == null ? 0 : buffer.readableBytes();
  }

  /** How many bytes were put here before now. */
  long position() {
    return written + unflushed();
  }

  /** Whether the kernel has what was put here before that position. Final once it has failed. */
  boolean isTaken(long position) {
    return position <= taken;
  }

  void flush() {
    if (buffer != null) {
      flushed += buffer.readableBytes();
      handOver(buffer);
    }
    if (flushed > 0) {
      bufferSize = Math.clamp(2L * Integer.highestOneBit(flushed), MIN_BUFFER, MAX_BUFFER);
      flushed = 0;
      context.flush();
    }
  }

  private void handOver(ByteBuf full) {
    buffer = null;
    int length = full.readableBytes();
    written += length;
    // Held once more: when it fails, its reader index says how far the kernel came; under TLS how
    // far encryption came, which is never less.
    context
        .write(full.retain())
        .addListener(
            sent -> {
              taken(sent.isSuccess() ? length : full.readerIndex());
              full.release();
              if (!sent.isSuccess()) {
                fail(sent.cause());
              }
            });
  }

  private void taken(int bytes) {
    if (!failed) {
      taken += bytes;
    }
  }

  private void fail(Throwable cause) {
    if (!failed) {
      failed = true;
      onFailure.accept(cause);
    }
  }

  /** Lets go of what was not flushed. */
  void discard() {
    if (buffer != null) {
      written += buffer.readableBytes();
      buffer.release();
      buffer = null;
    }
  }
}
