package io.pushfanout.management;

import io.pushfanout.model.HostPattern;
import io.pushfanout.model.OwnNames;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A check of the {@code Host} header that hides the pages from foreign sites with a domain that
 * resolves to this server (DNS rebinding). Such a domain is in the public DNS. Names that cannot be
 * in the public DNS are therefore accepted too: names of one label, and names that a cluster or a
 * cloud resolves for its own machines only.
 *
 * <p>Except for {@code .cluster.local}, {@code .local} is not accepted: any host of a local network
 * may answer for it (RFC 6762).
 */
record HostCheck(OwnNames names) {
  private static final List<HostPattern> NEVER_PUBLIC =
      List.of(
          HostPattern.parse("*.svc"),
          HostPattern.parse("*.cluster.local"),
          HostPattern.parse("*.internal"));

  /**
   * Returns the error response to a request for another host; null if the request is for this host.
   */
  @Nullable Answer refusal(HttpServerRequest request) {
    if (request.headers().getAll("Host").size() > 1) {
      return Answer.line(400, "a request has one Host header");
    }
    HostAndPort authority = request.authority();
    if (authority == null ? request.getHeader("Host") == null : isOurs(authority.host())) {
      // A request without a host is HTTP/1.0, which no browser uses.
      return null;
    }
    return Answer.line(
        421,
        "ask by IP address, as localhost, by a name without a dot or within the cluster, by the"
            + " host name of --bind or of the machine, or by a name of --allow-host");
  }

  private boolean isOurs(String host) {
    String name = HostPattern.normal(host);
    return names.has(host)
        || (!name.isEmpty() && name.indexOf('.') < 0)
        || NEVER_PUBLIC.stream().anyMatch(each -> each.matches(host));
  }
}
