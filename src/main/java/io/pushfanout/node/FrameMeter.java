package io.pushfanout.node;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import org.jspecify.annotations.Nullable;

/**
 * A meter of the bytes that a user sent and that are not handled yet: incomplete frames, and frames
 * that wait. The meter consumes pings and pongs.
 *
 * <p>Vert.x would answer each ping even if the pongs cannot be sent; RFC 6455, section 5.5.3,
 * requires a pong to the latest ping only.
 */
final class FrameMeter {
  /** Heap bytes of a frame's objects, in addition to its payload. */
  static final int FRAME_COST = 256;

  /** Bytes of one read; few, because they may hold many frames, which are all decoded at once. */
  private static final int READ_BYTES = 2 << 10;

  private final ChannelHandlerContext out;
  private final Runnable changed;
  private long held;
  private long reads;

  /** Payload of the latest unanswered ping. */
  private byte @Nullable [] ping;

  private FrameMeter(ChannelHandlerContext out, Runnable changed) {
    this.out = out;
    this.changed = changed;
  }

  /**
   * Installs a meter before and after the channel's frame decoder.
   *
   * @param out context to write frames to
   * @param changed called after each read
   */
  static FrameMeter around(ChannelHandlerContext out, Runnable changed) {
    FrameMeter meter = new FrameMeter(out, changed);
    ChannelPipeline pipeline = out.pipeline();
    String decoder = pipeline.context(WebSocket13FrameDecoder.class).name();
    pipeline.addBefore(decoder, "user-bytes", meter.new Bytes());
    pipeline.addAfter(decoder, "user-frames", meter.new Frames());
    out.channel().config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ_BYTES));
    return meter;
  }

  /** Returns the number of reads so far. */
  long reads() {
    return reads;
  }

  /** Returns the bytes of unhandled data and frames. */
  long held() {
    return held;
  }

  /** Subtracts a forwarded data frame that has been handled. */
  void handled(int payloadBytes) {
    // Frames that came with the handshake were decoded before the meter was installed.
    held = Math.max(0, held - wireBytes(payloadBytes) - FRAME_COST);
  }

  /** Returns the bytes of a client's frame: header, mask, payload. */
  private static long wireBytes(int payloadBytes) {
    int lengthBytes = payloadBytes < 126 ? 0 : payloadBytes <= 0xffff ? 2 : 8;
    return 2L + lengthBytes + 4 + payloadBytes;
  }

  private void onPing(ByteBuf payload) {
    ping = ByteBufUtil.getBytes(payload);
    answerPing();
  }

  private void answerPing() {
    byte[] payload = ping;
    if (payload != null && out.channel().isWritable()) {
      ping = null;
      out.writeAndFlush(new PongWebSocketFrame(Unpooled.wrappedBuffer(payload)));
    }
  }

  private final class Bytes extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
      reads++;
      if (read instanceof ByteBuf some) {
        held += some.readableBytes();
      }
      context.fireChannelRead(read);
      changed.run();
    }
  }

  private final class Frames extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
      switch (read) {
        case PingWebSocketFrame frame -> {
          held -= wireBytes(frame.content().readableBytes());
          onPing(frame.content());
          frame.release();
        }
        case PongWebSocketFrame frame -> {
          held -= wireBytes(frame.content().readableBytes());
          frame.release();
        }
        default -> {
          held += FRAME_COST;
          context.fireChannelRead(read);
        }
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      answerPing();
      context.fireChannelWritabilityChanged();
    }
  }
}
