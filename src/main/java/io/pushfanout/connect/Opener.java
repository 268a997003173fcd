package io.pushfanout.connect;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;

/** Opens connections for dials. */
interface Opener {
  /**
   * Opens a TCP connection on the loop, with the handler in its pipeline from the beginning. To
   * close the handler's context ends the attempt.
   *
   * @param outcome hears of it on the loop, in a later task than this call
   */
  void open(InetSocketAddress address, EventLoop loop, ChannelHandler handler, Outcome outcome);

  /** One of its methods is called, once. */
  interface Outcome {
    /** TCP is connected. */
    void opened();

    /** There is no connection, and there will be none; nothing of the attempt is left. */
    void failed(Throwable cause);
  }
}
