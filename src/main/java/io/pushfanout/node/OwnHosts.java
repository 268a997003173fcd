package io.pushfanout.node;

import com.google.common.net.InetAddresses;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;

/**
 * The hosts that a request may be for: this machine by number, {@code localhost}, and the name to
 * listen on. A foreign site can point a name of its own at this server once a browser has loaded
 * its page, which is then a page of ours to the browser; but it cannot make the browser ask for
 * another host, and a number belongs to nobody who could do the same.
 *
 * @param bind host name or IP literal to listen on
 */
record OwnHosts(String bind) {

  /** Whether the request is for one of them; answers 421 otherwise. */
  boolean answersFor(HttpServerRequest request) {
    HostAndPort asked = request.authority();
    if (asked == null ? request.getHeader("Host") == null : isOwn(asked.host())) {
      // No host at all is HTTP/1.0, which no browser speaks.
      return true;
    }
    Answers.error(request, 421, "Ask by IP address, as localhost, or by the host name of --bind.");
    return false;
  }

  private boolean isOwn(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equalsIgnoreCase(bind)
        || InetAddresses.isUriInetAddress(host);
  }
}
