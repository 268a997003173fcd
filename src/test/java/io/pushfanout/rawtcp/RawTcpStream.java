package io.pushfanout.rawtcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import java.util.List;

/**
 * A stream that sends each message after its length. The node answers with 8 bytes each time: the
 * number of messages that it has handled on this connection.
 */
final class RawTcpStream extends SimpleChannelInboundHandler<ByteBuf> implements NodeStream {
  private static final int MAX_BYTES = 1 << 16;

  private final Channel channel;
  private final Listener engine;
  private long sent;
  private long handled;
  private boolean finished;

  RawTcpStream(Channel channel, Listener engine) {
    this.channel = channel;
    this.engine = engine;
  }

  @Override
  public int room() {
    return channel.isWritable() ? MAX_BYTES : 0;
  }

  @Override
  public void send(List<QueuedMessage> batch) {
    int bytes = 0;
    for (QueuedMessage message : batch) {
      bytes += Integer.BYTES + message.payload().size();
    }
    ByteBuf out = channel.alloc().directBuffer(bytes);
    for (QueuedMessage message : batch) {
      out.writeInt(message.payload().size()).writeBytes(message.payload().bytes());
    }
    sent += batch.size();
    channel.write(out, channel.voidPromise());
  }

  @Override
  public void finish() {
    finished = true;
    channel.eventLoop().execute(this::endIfDone);
  }

  private void endIfDone() {
    if (finished && handled == sent) {
      reset();
      engine.onEnded(Evidence.PRESENT, StatusCode.OK, "");
    }
  }

  @Override
  public void reset() {
    if (channel.pipeline().context(this) != null) {
      channel.pipeline().remove(this);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
    long now = in.readLong();
    int fresh = (int) (now - handled);
    handled = now;
    engine.onAcknowledged(fresh, List.of());
    endIfDone();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      engine.onWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    engine.onEnded(Evidence.NONE, StatusCode.UNAVAILABLE, "the node has closed the connection");
  }
}
