package io.pushfanout.connect;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;

/** An opener of TCP connections for dials. */
interface Opener {
  /**
   * Opens a TCP connection on the loop, with the handler in its pipeline from the beginning. A
   * close of the handler's context ends the attempt.
   *
   * @param outcome receiver of the outcome on the loop, in a later task than this call
   */
  void open(InetSocketAddress address, EventLoop loop, ChannelHandler handler, Outcome outcome);

  /** The receiver of an outcome. One of its methods is called, once. */
  interface Outcome {
    /** TCP is connected. */
    void opened();

    /** The attempt has failed, and nothing of it is left. */
    void failed(Throwable cause);
  }
}
