package io.pushfanout.lookup;

import java.security.Security;

/**
 * Turns the caches of names off, the JDK's and gRPC's, for all that the process connects to: nodes,
 * etcd, the API server, the server of a caller's command. Names are looked up only when a dial is
 * due, so a cache below saves nothing, and keeps the dial at an address where nobody is any more:
 * by default for 30 s, and 10 s for a name that was not known.
 */
public final class NameCaches {
  private static final String TTL = "networkaddress.cache.ttl";

  private NameCaches() {}

  /** Before the first look-up: the JDK reads its properties once. */
  public static void turnOff() {
    Security.setProperty(TTL, "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Security.setProperty("networkaddress.cache.stale.ttl", "0");
    // gRPC has a cache of its own, and reads this one as a system property.
    System.setProperty(TTL, "0");
  }
}
