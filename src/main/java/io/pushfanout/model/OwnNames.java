package io.pushfanout.model;

import com.google.common.net.InetAddresses;
import java.util.List;

/**
 * The hosts that an HTTP server answers for: this machine by number, {@code localhost}, the name to
 * listen on, and the names that a user has listed. A foreign site can point a name of its own at
 * this server once a browser has loaded its page, which is then a page of ours to the browser; but
 * it cannot make the browser ask for another host, and a number belongs to nobody who could do the
 * same.
 *
 * @param bind host name or IP literal to listen on
 */
public record OwnNames(String bind, List<HostPattern> listed) {
  public OwnNames {
    listed = List.copyOf(listed);
  }

  /**
   * @param host of a request, in any case and perhaps with a trailing dot
   */
  public boolean has(String host) {
    String name = HostPattern.normal(host);
    return name.equals("localhost")
        || name.equalsIgnoreCase(bind)
        || InetAddresses.isInetAddress(name)
        || listed.stream().anyMatch(each -> each.matches(host));
  }
}
