package io.pushfanout.connect;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.pushfanout.model.NodeAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** How connections reach what is outside of the process: names and sockets. */
interface Dialing {
  /**
   * Finds the address to connect to. The answer comes on the loop, always later.
   *
   * @param attempt counts up, so that each of a name's addresses has its turn
   * @param onFailure gets one line for people
   */
  void lookUp(
      NodeAddress node,
      int attempt,
      EventLoop loop,
      Consumer<InetSocketAddress> onAddress,
      Consumer<String> onFailure);

  /**
   * Connects on the loop, with the handler in the pipeline.
   *
   * @param onFailure gets, on the loop, the reason why there will be no connection
   */
  void connect(
      InetSocketAddress address,
      EventLoop loop,
      ChannelHandler handler,
      Consumer<Throwable> onFailure);
}
