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
 * Counts what a user has sent and nobody has handled yet: frames that are not whole, and frames
 * that wait. Pings and pongs end here.
 *
 * <p>Vert.x would answer each ping, whether the answers get out or not; RFC 6455, section 5.5.3,
 * asks for an answer to the latest one alone.
 */
final class FrameMeter {
  /** A frame is some objects too, however few its bytes. */
  static final int FRAME_COST = 256;

  /** Little is read at a time, because it may be many frames, all of which are made at once. */
  private static final int READ_BYTES = 2 << 10;

  private final ChannelHandlerContext out;
  private final Runnable changed;
  private long held;
  private long reads;

  /** Of the latest ping that has no answer yet. */
  private byte @Nullable [] ping;

  private FrameMeter(ChannelHandlerContext out, Runnable changed) {
    this.out = out;
    this.changed = changed;
  }

  /**
   * Takes its place around the channel's decoder of frames.
   *
   * @param out where to write frames
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

  /** How often bytes have come. */
  long reads() {
    return reads;
  }

  /** Bytes and frames that are not handled yet. */
  long held() {
    return held;
  }

  /** A data frame that was passed on has been handled. */
  void handled(int payloadBytes) {
    // What came with the handshake was decoded before there was a meter.
    held = Math.max(0, held - wireBytes(payloadBytes) - FRAME_COST);
  }

  /** A client's frame: header, mask, payload. */
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
