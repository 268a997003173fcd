package io.pushfanout.connect;

import com.google.common.net.InetAddresses;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.pushfanout.fanout.Connector;
import io.pushfanout.model.NodeAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Real connections on loops, names and sockets of a simulation. */
public final class SimulatedConnector {
  private SimulatedConnector() {}

  /** What a simulation gives in place of the machine's names and sockets. */
  public interface Outside {
    /** Answers on the loop, in a later task, or never; may throw what the machine may throw. */
    void lookUp(
        String host,
        EventLoop loop,
        Consumer<List<InetAddress>> onFound,
        Consumer<String> onFailure);

    /**
     * Opens a connection with the handler in its pipeline. One of both is called, once, on the
     * loop, in a later task; where the channel is closed before, it has failed.
     */
    void open(
        InetSocketAddress address,
        EventLoop loop,
        ChannelHandler handler,
        Runnable onOpened,
        Consumer<Throwable> onFailure);
  }

  public static Connector of(Supplier<EventLoop> loops, Outside outside) {
    return new NettyConnector(
        loops, ConnectOptions.DEFAULT, new OutsideDialing(outside), TlsProfiles.NONE);
  }

  /** As {@link Dialer} does, but for its threads. */
  private record OutsideDialing(Outside outside) implements Dialing {
    @Override
    public void lookUp(
        NodeAddress node,
        int attempt,
        EventLoop loop,
        Consumer<InetSocketAddress> onAddress,
        Consumer<String> onFailure) {
      if (InetAddresses.isInetAddress(node.host())) {
        InetAddress address = InetAddresses.forString(node.host());
        loop.execute(() -> onAddress.accept(new InetSocketAddress(address, node.port())));
        return;
      }
      long timeout = ConnectOptions.DEFAULT.connectTimeout().toMillis();
      Future<?> timer =
          loop.schedule(
              () -> onFailure.accept("no address within " + timeout + " ms"),
              timeout,
              TimeUnit.MILLISECONDS);
      outside.lookUp(
          node.host(),
          loop,
          found -> {
            if (timer.cancel(false)) {
              InetAddress address = found.get(Math.floorMod(attempt, found.size()));
              onAddress.accept(new InetSocketAddress(address, node.port()));
            }
          },
          why -> {
            if (timer.cancel(false)) {
              onFailure.accept(why);
            }
          });
    }

    @Override
    public void connect(
        InetSocketAddress address,
        EventLoop loop,
        ChannelHandler handler,
        Consumer<Throwable> onFailure) {
      outside.open(address, loop, handler, () -> {}, onFailure);
    }
  }
}
