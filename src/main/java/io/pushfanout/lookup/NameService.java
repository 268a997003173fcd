package io.pushfanout.lookup;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A source of the addresses of a name. A call may block for as long as the system's resolver does.
 */
@FunctionalInterface
public interface NameService {
  /**
   * @return at least one address, in the order of the system's preference
   * @throws UnknownHostException when the name has no address, or the look-up fails
   */
  InetAddress[] addressesOf(String host) throws UnknownHostException;
}
