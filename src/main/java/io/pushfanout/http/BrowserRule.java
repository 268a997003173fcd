package io.pushfanout.http;

import static com.google.common.net.HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS;
import static com.google.common.net.HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS;
import static com.google.common.net.HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN;
import static com.google.common.net.HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS;
import static com.google.common.net.HttpHeaders.ALLOW;
import static com.google.common.net.HttpHeaders.HOST;
import static com.google.common.net.HttpHeaders.ORIGIN;
import static com.google.common.net.HttpHeaders.RETRY_AFTER;
import static com.google.common.net.HttpHeaders.VARY;

import io.pushfanout.management.Answer;
import io.pushfanout.model.OriginPattern;
import io.pushfanout.model.OwnNames;
import io.pushfanout.model.StatusCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rule for requests that a browser's page may have caused. Without access control the page of a
 * foreign site must not broadcast through the browser of a user who reaches this port.
 *
 * @param names the hosts of requests without access control; null with it: a page has no token
 * @param listed the origins whose pages may broadcast
 */
public record BrowserRule(@Nullable OwnNames names, List<OriginPattern> listed) {

  /** Returns the refusal of a request; null without one. */
  @Nullable Answer refusal(HttpServerRequest request) {
    if (request.headers().getAll(HOST).size() > 1) {
      return Answers.refusal(400, StatusCode.INVALID_ARGUMENT, "a request has one Host header");
    }
    if (names == null) {
      return null;
    }
    HostAndPort authority = request.authority();
    // A request without a host is HTTP/1.0, which no browser uses.
    if (authority == null ? request.getHeader(HOST) != null : !names.has(authority.host())) {
      return Answers.refusal(
          421,
          StatusCode.PERMISSION_DENIED,
          "without access control, ask by IP address, as localhost, by the host name of --bind, or"
              + " by a name of --allow-host");
    }
    return isForeign(request) ? foreign() : null;
  }

  /** Returns the response to OPTIONS: what a page of a listed origin may do. */
  Answer options(HttpServerRequest request) {
    return isForeign(request)
        ? foreign()
        : new Answer(200, "text/plain; charset=utf-8", Buffer.buffer())
            .with(
                Map.of(
                    ALLOW,
                    Answers.METHODS,
                    ACCESS_CONTROL_ALLOW_METHODS,
                    "POST",
                    ACCESS_CONTROL_ALLOW_HEADERS,
                    "content-type, authorization"));
  }

  private static Answer foreign() {
    return Answers.refusal(
        403, StatusCode.PERMISSION_DENIED, "the page's origin is not in --http-allow-origin");
  }

  private boolean isForeign(HttpServerRequest request) {
    String origin = request.getHeader(ORIGIN);
    HostAndPort own = request.authority();
    return origin != null
        && !isListed(origin)
        && (own == null || !OriginPattern.isOf(origin, own.host(), own.port()));
  }

  private boolean isListed(String origin) {
    return listed.stream().anyMatch(each -> each.matches(origin));
  }

  /** Returns the headers by which a browser shows the response to a page of a listed origin. */
  Map<String, String> headers(HttpServerRequest request) {
    if (listed.isEmpty()) {
      return Map.of();
    }
    String origin = request.getHeader(ORIGIN);
    return origin == null || !isListed(origin)
        ? Map.of(VARY, ORIGIN)
        : Map.of(
            VARY,
            ORIGIN,
            ACCESS_CONTROL_ALLOW_ORIGIN,
            origin,
            ACCESS_CONTROL_EXPOSE_HEADERS,
            RETRY_AFTER);
  }
}
