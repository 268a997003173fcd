package io.pushfanout.model;

import com.google.common.net.InetAddresses;
import java.util.List;

/**
 * The hosts that an HTTP server answers for: IP literals, {@code localhost}, the name to listen on,
 * and names that the user has listed. The check prevents DNS rebinding. A foreign site can point
 * its own name at this server after a browser has loaded its page, so that the browser treats both
 * as one origin. But the site cannot change the host of the browser's requests, and no site owns an
 * IP literal.
 *
 * @param bind host name or IP literal to listen on
 */
public record OwnNames(String bind, List<HostPattern> listed) {
  public OwnNames {
    listed = List.copyOf(listed);
  }

  /**
   * Returns whether the server answers for the host.
   *
   * @param host the host of a request, in any case, with or without a trailing dot
   */
  public boolean has(String host) {
    String name = HostPattern.normal(host);
    return name.equals("localhost")
        || name.equalsIgnoreCase(bind)
        || InetAddresses.isInetAddress(name)
        || listed.stream().anyMatch(each -> each.matches(host));
  }
}
