package io.pushfanout.connect;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.List;

/** A resolver of names for dials. */
interface NameResolver {
  /**
   * Looks a name up; an address in place of a name is its own answer.
   *
   * @param party the party of the connection
   * @param fresh whether the answer of a look-up that has begun already is too old
   * @param loop loop of the answer, which comes in a later task than this call; perhaps never
   */
  void resolve(Object party, String host, boolean fresh, EventLoop loop, Answer answer);

  /** The receiver of an answer. One of its methods is called, once. */
  interface Answer {
    /**
     * @param addresses at least one, in the order of the system's preference
     */
    void found(List<InetAddress> addresses);

    /**
     * @param why one line for people
     */
    void failed(String why);
  }
}
