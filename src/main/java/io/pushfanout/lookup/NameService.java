package io.pushfanout.lookup;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Returns the addresses of a name; blocks for as long as the system's resolver likes. */
@FunctionalInterface
public interface NameService {
  /**
   * @return at least one address, in the order of the system's preference
   * @throws UnknownHostException when the name has none, or none can be found out
   */
  InetAddress[] addressesOf(String host) throws UnknownHostException;
}
