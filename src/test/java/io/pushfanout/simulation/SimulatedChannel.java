package io.pushfanout.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** Our end of a simulated TCP connection. */
final class SimulatedChannel extends AbstractChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false);

  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final InetSocketAddress remote;
  private @Nullable Link link;
  private boolean open = true;
  private boolean waitsForRoom;
  private @Nullable IOException broken;

  SimulatedChannel(InetSocketAddress remote, CountingAllocator allocator) {
    super(null);
    this.remote = remote;
    config.setAllocator(allocator);
  }

  // ---- events of the outside, on the loop

  void connected(Link to) {
    if (open) {
      link = to;
      pipeline().fireChannelActive();
    } else {
      to.closedByClient(false);
    }
  }

  void received(byte[] bytes) {
    if (!isActive()) {
      return;
    }
    ByteBuf buffer = null;
    try {
      buffer = alloc().directBuffer(bytes.length);
      buffer.writeBytes(bytes);
      pipeline().fireChannelRead(buffer);
      pipeline().fireChannelReadComplete();
    } catch (Throwable e) {
      if (e instanceof Violation) {
        throw e;
      }
      // Netty's channels handle exceptions of their reads in the same way.
      if (buffer != null && buffer.refCnt() > 0) {
        buffer.release();
      }
      pipeline().fireExceptionCaught(e);
    }
  }

  /** Ends the connection after the node has closed it, or has shut down its side. */
  void finished() {
    if (open) {
      unsafe().close(voidPromise());
    }
  }

  void reset(String why) {
    if (open) {
      broken = new IOException(why);
      pipeline().fireExceptionCaught(broken);
      unsafe().close(voidPromise());
    }
  }

  /** Makes the next write fail, perhaps after a part. */
  void breakWrites(String why) {
    broken = new IOException(why);
  }

  void roomAgain() {
    if (waitsForRoom && open) {
      waitsForRoom = false;
      ((Unsafe) unsafe()).flushAgain();
    }
  }

  // ---- methods that Netty calls

  @Override
  protected void doWrite(ChannelOutboundBuffer in) throws Exception {
    Link to = link;
    if (to == null) {
      throw new ClosedChannelException();
    }
    while (in.current() instanceof ByteBuf buffer) {
      int room = Math.min(to.room(), buffer.readableBytes());
      if (buffer.isReadable() && room == 0) {
        if (broken != null) {
          throw broken;
        }
        waitsForRoom = true;
        return;
      }
      if (broken != null) {
        room /= 2;
      }
      byte[] bytes = new byte[room];
      buffer.getBytes(buffer.readerIndex(), bytes);
      to.fromClient(bytes);
      in.removeBytes(room);
      if (broken != null) {
        throw broken;
      }
    }
  }

  @Override
  protected void doClose() {
    open = false;
    if (link != null) {
      link.closedByClient(broken != null);
    }
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new Unsafe();
  }

  private final class Unsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
      promise.setFailure(new UnsupportedOperationException());
    }

    @Override
    protected void flush0() {
      if (!waitsForRoom) {
        super.flush0();
      }
    }

    void flushAgain() {
      super.flush0();
    }
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop instanceof SimulatedLoop;
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return null;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doBeginRead() {}

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return open && link != null;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }
}
