package io.pushfanout.node;

import com.google.common.net.InetAddresses;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which page a browser's request comes from, by its {@code Origin} header. Other programs send
 * none, and could send any: this protects a browser's user from foreign pages, nothing else.
 */
final class Origins {
  private Origins() {}

  /** Whether the page was served by the host and port that the request went to. */
  static boolean isOwn(String origin, @Nullable String host) {
    int scheme = origin.indexOf("://");
    return host != null
        && scheme > 0
        && origin.substring(scheme + "://".length()).equalsIgnoreCase(host);
  }

  /** Whether the page comes from this machine, or from the host name that the request went to. */
  static boolean isNear(String origin, @Nullable HostAndPort host) {
    String originHost;
    try {
      originHost = new URI(origin).getHost();
    } catch (URISyntaxException _) {
      return false;
    }
    if (originHost == null) {
      return false;
    }
    return isLoopback(originHost) || (host != null && originHost.equalsIgnoreCase(host.host()));
  }

  private static boolean isLoopback(String host) {
    return host.toLowerCase(Locale.ROOT).equals("localhost")
        || (InetAddresses.isUriInetAddress(host)
            && InetAddresses.forUriString(host).isLoopbackAddress());
  }
}
