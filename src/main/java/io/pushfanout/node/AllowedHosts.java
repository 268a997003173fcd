package io.pushfanout.node;

import io.pushfanout.model.OwnNames;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;

/**
 * A check of the {@code Host} header that rejects requests for another host, which a foreign site
 * may have caused.
 */
record AllowedHosts(OwnNames names) {

  /** Returns whether the request is for one of these names; answers 421 or 400 otherwise. */
  boolean answersFor(HttpServerRequest request) {
    if (request.headers().getAll("Host").size() > 1) {
      NodeReplies.error(request, 400, "A request has one Host header.");
      return false;
    }
    HostAndPort authority = request.authority();
    if (authority == null ? request.getHeader("Host") == null : names.has(authority.host())) {
      // A request without a host is HTTP/1.0, which no browser uses.
      return true;
    }
    NodeReplies.error(
        request,
        421,
        "Ask by IP address, as localhost, by the host name of --bind, or by a name of"
            + " --allow-host.");
    return false;
  }
}
