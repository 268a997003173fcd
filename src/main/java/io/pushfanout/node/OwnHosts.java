package io.pushfanout.node;

import io.pushfanout.model.OwnNames;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;

/** Answers the requests that are for another host, to which a foreign site may have sent them. */
record OwnHosts(OwnNames names) {

  /** Whether the request is for one of them; answers 421 or 400 otherwise. */
  boolean answersFor(HttpServerRequest request) {
    if (request.headers().getAll("Host").size() > 1) {
      Answers.error(request, 400, "A request has one Host header.");
      return false;
    }
    HostAndPort asked = request.authority();
    if (asked == null ? request.getHeader("Host") == null : names.has(asked.host())) {
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
}
