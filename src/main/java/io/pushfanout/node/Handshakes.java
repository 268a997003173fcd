package io.pushfanout.node;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;

/**
 * The checks of requests for {@code /ws}: valid ones become WebSockets, and the others get an error
 * response. For the node's event loop only.
 */
final class Handshakes {
  private final AllowedHosts hosts;
  private final Origins origins;
  private final RoomRegistry rooms;

  Handshakes(AllowedHosts hosts, Origins origins, RoomRegistry rooms) {
    this.hosts = hosts;
    this.origins = origins;
    this.rooms = rooms;
  }

  /** Returns whether the request may become a WebSocket; answers it with an error otherwise. */
  boolean accepts(HttpServerRequest request) {
    NodeReplies.setSecurityHeaders(request);
    return hosts.answersFor(request)
        && NodeReplies.allows(request, HttpMethod.GET)
        && upgrades(request)
        && mayWatch(request)
        && takesSubprotocol(request)
        && hasRoom(request);
  }

  private static boolean upgrades(HttpServerRequest request) {
    if ("websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      return true;
    }
    request.response().putHeader("Upgrade", "websocket");
    NodeReplies.error(request, 426, "This path speaks WebSocket only.");
    return false;
  }

  /**
   * Returns whether the page may watch; answers 403 otherwise. Browsers open WebSockets for any
   * page without a CORS preflight, so a foreign page could read the messages. The demo's page
   * watches nodes on other ports of its own host, and a page on the user's own machine belongs to
   * the user.
   */
  private boolean mayWatch(HttpServerRequest request) {
    if (request.headers().getAll("Origin").stream()
        .allMatch(origin -> origins.mayWatch(origin, request.authority()))) {
      return true;
    }
    NodeReplies.error(
        request,
        403,
        "Pages of this origin may not watch this node; --allow-origin does not list it.");
    return false;
  }

  private static boolean takesSubprotocol(HttpServerRequest request) {
    try {
      Subprotocols.parse(request.headers().getAll(Subprotocols.HEADER)).offered().stream()
          .findFirst()
          .ifPresent(first -> request.response().putHeader(Subprotocols.HEADER, first));
      return true;
    } catch (IllegalArgumentException e) {
      NodeReplies.error(request, 400, Objects.requireNonNull(e.getMessage()));
      return false;
    }
  }

  private boolean hasRoom(HttpServerRequest request) {
    if (!rooms.isFull()) {
      return true;
    }
    request.response().putHeader("Connection", "close").putHeader("Retry-After", "5");
    NodeReplies.send(
        request,
        503,
        "text/plain; charset=utf-8",
        "This node is full: it has %d of %d sockets (--max-sockets). Try again later.%n"
            .formatted(rooms.size(), rooms.limits().maxSockets()));
    return false;
  }
}
