package io.pushfanout.connect;

import com.google.common.net.InetAddresses;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.pushfanout.delivery.NodeConnection.Connector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Real connections on loops, names and sockets of a simulation. */
public final class SimulatedConnector {
  private SimulatedConnector() {}

  /** The names and sockets of a simulation, in place of the machine's. */
  public interface Outside {
    /** Answers on the loop, in a later task, or never; may throw like the machine. */
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
    OutsideNetwork network = new OutsideNetwork(outside);
    return new NettyConnector(
        loops,
        NettyConnector.Options.DEFAULT,
        new Dial.Network(network, network),
        TlsProfiles.NONE);
  }

  private record OutsideNetwork(Outside outside) implements NameResolver, Opener {
    @Override
    public void resolve(Object party, String host, boolean fresh, EventLoop loop, Answer answer) {
      if (InetAddresses.isInetAddress(host)) {
        List<InetAddress> found = List.of(InetAddresses.forString(host));
        loop.execute(() -> answer.found(found));
      } else {
        outside.lookUp(host, loop, answer::found, answer::failed);
      }
    }

    @Override
    public void open(
        InetSocketAddress address, EventLoop loop, ChannelHandler handler, Outcome outcome) {
      outside.open(address, loop, handler, outcome::opened, outcome::failed);
    }
  }
}
