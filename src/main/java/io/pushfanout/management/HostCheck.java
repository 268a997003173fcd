package io.pushfanout.management;

import io.pushfanout.model.HostPattern;
import io.pushfanout.model.OwnNames;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the pages show from foreign sites that point a name of their own at this server (DNS
 * rebinding). Such a name is in the public DNS. So names that cannot be there are fine, too: those
 * of one label, and those that a cluster or a cloud resolves for its own machines alone.
 *
 * <p>{@code .local} is not among them but for {@code .cluster.local}: whoever is in a local network
 * may answer for it (RFC 6762).
 */
record HostCheck(OwnNames names) {
  private static final List<HostPattern> NEVER_PUBLIC =
      List.of(
          HostPattern.parse("*.svc"),
          HostPattern.parse("*.cluster.local"),
          HostPattern.parse("*.internal"));

  /** The answer to a request that is for another host; null where it is for this one. */
  @Nullable Answer refusal(HttpServerRequest request) {
    if (request.headers().getAll("Host").size() > 1) {
      return Answer.line(400, "a request has one Host header");
    }
    HostAndPort asked = request.authority();
    if (asked == null ? request.getHeader("Host") == null : isOurs(asked.host())) {
      // No host at all is HTTP/1.0, which no browser speaks.
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
