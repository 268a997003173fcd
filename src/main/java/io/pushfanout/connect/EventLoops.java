package io.pushfanout.connect;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads of all network traffic, callers' and nodes', with the channel classes that go with
 * them: Linux's epoll where its native library loads, else the JDK's selectors.
 */
public final class EventLoops implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;

  private final EventLoopGroup group;
  private final boolean epoll;

  /**
   * Creates threads for half of the processors: the other half is for the kernel's side and
   * everything else.
   */
  public EventLoops() {
    this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  /**
   * @param threads 1 or more
   */
  public EventLoops(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be 1 or more, is " + threads);
    }
    epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    group =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("pushfanout-io", true), io);
  }

  public EventLoopGroup group() {
    return group;
  }

  /** Returns the class of channels that connect from this group. */
  public Class<? extends Channel> clientChannel() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** Returns the class of channels that listen on this group. */
  public Class<? extends ServerChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  boolean isEpoll() {
    return epoll;
  }

  /**
   * Ends the threads after their remaining tasks; waits at most 5 s. Must not be called on one of
   * the threads.
   */
  @Override
  public void close() {
    var _ =
        group
            .shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
            .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
