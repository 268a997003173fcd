package io.pushfanout.lookup;

import java.security.Security;

/**
 * A switch that turns off the name caches of the JDK and of gRPC for all connections of the
 * process: to nodes, etcd, the API server, and the server of a caller's command. Names are resolved
 * only when a dial is due, so a cache saves nothing. A cached answer keeps the dial at an abandoned
 * address, by default for 30 s, and for 10 s after an unknown name.
 */
public final class NameCaches {
  private static final String TTL = "networkaddress.cache.ttl";

  private NameCaches() {}

  /** Turns the caches off. Must run before the first look-up: the JDK reads its properties once. */
  public static void turnOff() {
    Security.setProperty(TTL, "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Security.setProperty("networkaddress.cache.stale.ttl", "0");
    // gRPC has a cache of its own, and reads this one as a system property.
    System.setProperty(TTL, "0");
  }
}
