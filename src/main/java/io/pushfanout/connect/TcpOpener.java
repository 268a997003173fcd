package io.pushfanout.connect;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetSocketAddress;

/** An opener of sockets, within the share of file descriptors that nodes may have. */
final class TcpOpener implements Opener {
  private static final int KEEPALIVE_IDLE_SECONDS = 60;
  private static final int USER_TIMEOUT_MILLIS = 20_000;

  /**
   * Reads (64 KiB) of a node before the others of its loop have their turn: a node that floods its
   * connection must not delay their deliveries.
   */
  private static final int MAX_READS_OF_A_TURN = 1;

  private final Bootstrap bootstrap;
  private final DescriptorShare descriptors;

  TcpOpener(EventLoops loops, DescriptorShare descriptors) {
    this.descriptors = descriptors;
    // The dial has a timeout of its own, so TCP needs none.
    bootstrap =
        new Bootstrap()
            .channel(loops.clientChannel())
            .disableResolver()
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(MAX_READS_OF_A_TURN))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true);
    if (loops.isEpoll()) {
      bootstrap
          .option(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS)
          .option(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
    }
  }

  @Override
  public void open(
      InetSocketAddress address, EventLoop loop, ChannelHandler handler, Outcome outcome) {
    if (!descriptors.take()) {
      later(loop, outcome, new DescriptorExhaustion(descriptors.shortage()));
      return;
    }
    ChannelFuture connecting;
    try {
      connecting = bootstrap.clone(loop).handler(handler).connect(address);
    } catch (Throwable e) {
      descriptors.giveBack();
      throw e;
    }
    if (connecting.isDone() && !connecting.isSuccess()) {
      // Without a socket there is no channel and no loop: Netty would call a listener on a thread
      // of its own, or not at all when it gets none.
      descriptors.giveBack();
      later(loop, outcome, DescriptorExhaustion.of(connecting.cause()));
      return;
    }
    connecting.channel().closeFuture().addListener(_ -> descriptors.giveBack());
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            outcome.opened();
          } else {
            outcome.failed(done.cause());
          }
        });
  }

  private static void later(EventLoop loop, Outcome outcome, Throwable cause) {
    loop.execute(() -> outcome.failed(cause));
  }
}
