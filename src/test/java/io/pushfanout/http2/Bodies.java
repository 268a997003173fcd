package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Random;

/** The bytes of a {@link Body} in each way in which a connection sends them. */
public final class Bodies {
  private Bodies() {}

  /** Returns the bytes of a body that leaves at once. */
  public static byte[] written(Body body) {
    ByteBuf out = Unpooled.buffer(body.size(), body.size());
    body.writeTo(out);
    return ByteBufUtil.getBytes(out);
  }

  /** Returns the bytes of a body that waits, and leaves in parts of any size. */
  public static byte[] held(Body body, WriteBuffers memory, Random random) {
    Output output = new Output(memory);
    PendingBytes waiting = new PendingBytes();
    body.holdIn(waiting);
    while (waiting.bytes() > 0) {
      int count = (int) Math.min(waiting.bytes(), random.nextInt(1, 20_000));
      output.writer.reserve(waiting.copied(count));
      waiting.writeTo(output.writer, count);
      output.writer.flush();
    }
    return output.read();
  }

  /** A writer of frames, with the channel that it writes to. */
  static final class Output {
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    final FrameWriter writer;

    Output(WriteBuffers memory) {
      writer = new FrameWriter(memory, () -> {}, _ -> {});
      ChannelHandlerContext context = channel.pipeline().lastContext();
      writer.begin(context);
    }

    EmbeddedChannel channel() {
      return channel;
    }

    /** Returns all bytes that were sent since the last call, and releases them. */
    byte[] read() {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
        all.writeBytes(ByteBufUtil.getBytes(sent));
        sent.release();
      }
      return all.toByteArray();
    }
  }
}
