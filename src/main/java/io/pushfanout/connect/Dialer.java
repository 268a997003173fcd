package io.pushfanout.connect;

import com.google.common.net.InetAddresses;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pushfanout.model.NodeAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Opens TCP connections to nodes. */
final class Dialer {
  private static final int KEEPALIVE_IDLE_SECONDS = 60;
  private static final int USER_TIMEOUT_MILLIS = 20_000;
  private static final int LOOKUP_THREADS = 4;

  private final Bootstrap bootstrap;

  /**
   * For names only: the JDK's look-up knows the machine's own rules (hosts file, search domains)
   * and blocks. Threads of the platform, because it blocks in native code, where a virtual thread
   * would hold one of the few carriers.
   */
  private final ThreadPoolExecutor lookups;

  Dialer(EventLoops loops) {
    // The whole attempt has a timeout of its own, so TCP needs none.
    bootstrap =
        new Bootstrap()
            .channel(loops.clientChannel())
            .disableResolver()
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true);
    if (loops.isEpoll()) {
      bootstrap
          .option(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS)
          .option(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
    }
    lookups =
        new ThreadPoolExecutor(
            LOOKUP_THREADS,
            LOOKUP_THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("pushfanout-lookup", true));
    lookups.allowCoreThreadTimeOut(true);
  }

  /**
   * Connects on the loop, with the handler in the pipeline.
   *
   * @param attempt counts up, so that each of a name's addresses has its turn
   * @param onFailure told on the loop why there will be no connection
   */
  void dial(
      NodeAddress node,
      int attempt,
      EventLoop loop,
      ChannelHandler handler,
      Consumer<Throwable> onFailure) {
    if (InetAddresses.isInetAddress(node.host())) {
      connect(InetAddresses.forString(node.host()), node.port(), loop, handler, onFailure);
      return;
    }
    CompletableFuture.supplyAsync(() -> lookUp(node.host()), lookups)
        .whenCompleteAsync(
            (addresses, failure) -> {
              if (failure != null) {
                onFailure.accept(new UnknownHostException("unknown host " + node.host()));
              } else {
                InetAddress address = addresses[Math.floorMod(attempt, addresses.length)];
                connect(address, node.port(), loop, handler, onFailure);
              }
            },
            loop);
  }

  private static InetAddress[] lookUp(String host) {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private void connect(
      InetAddress address,
      int port,
      EventLoop loop,
      ChannelHandler handler,
      Consumer<Throwable> onFailure) {
    bootstrap
        .clone(loop)
        .handler(handler)
        .connect(new InetSocketAddress(address, port))
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                onFailure.accept(connected.cause());
              }
            });
  }
}
