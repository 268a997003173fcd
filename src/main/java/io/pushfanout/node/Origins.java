package io.pushfanout.node;

import com.google.common.net.InetAddresses;
import io.pushfanout.model.HostPattern;
import io.pushfanout.model.OriginPattern;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A check of a browser page's {@code Origin} header. Other programs send none, and could send any:
 * the check protects a browser's user from foreign pages, nothing else.
 */
record Origins(List<OriginPattern> listed) {

  /**
   * Returns whether the page may open a WebSocket: a page from this machine, from the host that the
   * request went to, or of a listed origin.
   */
  boolean mayWatch(String origin, @Nullable HostAndPort target) {
    return isNear(origin, target) || listed.stream().anyMatch(each -> each.matches(origin));
  }

  /**
   * Returns whether the page comes from this machine, or from the host name that the request went
   * to.
   */
  static boolean isNear(String origin, @Nullable HostAndPort target) {
    URI page = OriginPattern.site(origin);
    if (page == null) {
      return false;
    }
    String host = page.getHost();
    return isLoopback(host)
        || (target != null && HostPattern.normal(host).equals(HostPattern.normal(target.host())));
  }

  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || (InetAddresses.isUriInetAddress(host)
            && InetAddresses.forUriString(host).isLoopbackAddress());
  }
}
