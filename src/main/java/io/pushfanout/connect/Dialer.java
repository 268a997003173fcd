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
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Finds nodes by their names, and opens TCP connections to them. */
final class Dialer implements Dialing {
  private static final int KEEPALIVE_IDLE_SECONDS = 60;
  private static final int USER_TIMEOUT_MILLIS = 20_000;
  private static final int LOOKUP_THREADS = 64;

  private final Bootstrap bootstrap;

  private final long lookUpMillis;
  private final Resolver resolver;

  /**
   * The look-ups that a thread is busy with, or is to be: one for each name, however many dials
   * wait for it. One that has taken too long has failed, but stays until its thread is free: there
   * is no way to interrupt it, and another would only block another thread.
   */
  private final Map<String, CompletableFuture<InetAddress[]>> lookUps = new ConcurrentHashMap<>();

  /**
   * For names only: the JDK's look-up knows the machine's own rules (hosts file, search domains)
   * and blocks. Threads of the platform, because it blocks in native code, where a virtual thread
   * would hold one of the few carriers; so many that a name server which does not answer for some
   * names keeps no others waiting.
   */
  private final ThreadPoolExecutor threads;

  /** Looks a name up, and blocks. */
  interface Resolver {
    InetAddress[] addressesOf(String host) throws UnknownHostException;
  }

  /**
   * @param lookUpTimeout how long a dial waits for a name's addresses
   */
  Dialer(EventLoops loops, Duration lookUpTimeout, Resolver resolver) {
    lookUpMillis = lookUpTimeout.toMillis();
    this.resolver = resolver;
    // The attempt has a timeout of its own, so TCP needs none.
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
    threads =
        new ThreadPoolExecutor(
            LOOKUP_THREADS,
            LOOKUP_THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("pushfanout-lookup", true));
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void lookUp(
      NodeAddress node,
      int attempt,
      EventLoop loop,
      Consumer<InetSocketAddress> onAddress,
      Consumer<String> onFailure) {
    String host = node.host();
    addressesOf(host)
        .whenCompleteAsync(
            (addresses, failure) -> {
              if (failure instanceof TimeoutException) {
                onFailure.accept("no address of " + host + " within " + lookUpMillis + " ms");
              } else if (failure != null) {
                onFailure.accept("unknown host " + host);
              } else {
                InetAddress address = addresses[Math.floorMod(attempt, addresses.length)];
                onAddress.accept(new InetSocketAddress(address, node.port()));
              }
            },
            loop);
  }

  private CompletableFuture<InetAddress[]> addressesOf(String host) {
    if (InetAddresses.isInetAddress(host)) {
      return CompletableFuture.completedFuture(new InetAddress[] {InetAddresses.forString(host)});
    }
    var own = new CompletableFuture<InetAddress[]>();
    var underWay = lookUps.putIfAbsent(host, own);
    if (underWay != null) {
      return underWay;
    }
    threads.execute(() -> resolve(host, own));
    return own.orTimeout(lookUpMillis, TimeUnit.MILLISECONDS);
  }

  private void resolve(String host, CompletableFuture<InetAddress[]> result) {
    try {
      InetAddress[] addresses = resolver.addressesOf(host);
      lookUps.remove(host);
      result.complete(addresses);
    } catch (UnknownHostException | RuntimeException e) {
      lookUps.remove(host);
      result.completeExceptionally(e);
    }
  }

  @Override
  public void connect(
      InetSocketAddress address,
      EventLoop loop,
      ChannelHandler handler,
      Consumer<Throwable> onFailure) {
    bootstrap
        .clone(loop)
        .handler(handler)
        .connect(address)
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                onFailure.accept(connected.cause());
              }
            });
  }
}
