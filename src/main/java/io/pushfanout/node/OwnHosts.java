package io.pushfanout.node;

import com.google.common.net.InetAddresses;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.List;

/**
 * The hosts that a request may be for: this machine by number, {@code localhost}, the name to
 * listen on, and the names that a user has listed. A foreign site can point a name of its own at
 * this server once a browser has loaded its page, which is then a page of ours to the browser; but
 * it cannot make the browser ask for another host, and a number belongs to nobody who could do the
 * same.
 *
 * @param bind host name or IP literal to listen on
 */
record OwnHosts(String bind, List<HostPattern> listed) {

  /** Whether the request is for one of them; answers 421 or 400 otherwise. */
  boolean answersFor(HttpServerRequest request) {
    if (request.headers().getAll("Host").size() > 1) {
      Answers.error(request, 400, "A request has one Host header.");
      return false;
    }
    HostAndPort asked = request.authority();
    if (asked == null ? request.getHeader("Host") == null : isOwn(asked.host())) {
      // No host at all is HTTP/1.0, which no browser speaks.
      return true;
    }
    Answers.error(
        request,
        421,
        "Ask by IP address, as localhost, by the host name of --bind, or by a name of"
            + " --allow-host.");
    return false;
  }

  private boolean isOwn(String host) {
    String name = HostPattern.normal(host);
    return name.equals("localhost")
        || name.equalsIgnoreCase(bind)
        || InetAddresses.isInetAddress(name)
        || listed.stream().anyMatch(each -> each.matches(host));
  }
}
