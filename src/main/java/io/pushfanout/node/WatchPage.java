package io.pushfanout.node;

import com.google.common.net.InetAddresses;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * The page that shows arriving messages, and its resources: {@code /} and {@code /nodes}. Every
 * other path is 404. Its form posts to the server of the page, {@code /api/v1/broadcast}.
 *
 * <p>The page keeps no state: any event loop may call it.
 */
public final class WatchPage implements Handler<HttpServerRequest> {
  private final PageText page = PageText.load();
  private final AllowedHosts hosts;
  private final Supplier<List<WatchedNode>> nodes;
  private final boolean sends;

  /**
   * Creates a page that only watches.
   *
   * @param hosts names accepted in the {@code Host} header
   */
  WatchPage(AllowedHosts hosts, Supplier<List<WatchedNode>> nodes) {
    this(hosts, nodes, false);
  }

  /**
   * Creates a page with a form to send, for a server that takes broadcasts.
   *
   * @param bind the host that its server listens on
   * @param names additional host names for browsers
   */
  public WatchPage(String bind, AllowedNames names, Supplier<List<WatchedNode>> nodes) {
    this(names.hosts(bind), nodes, true);
  }

  private WatchPage(AllowedHosts hosts, Supplier<List<WatchedNode>> nodes, boolean sends) {
    this.hosts = hosts;
    this.nodes = nodes;
    this.sends = sends;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String path = request.path();
    NodeReplies.setSecurityHeaders(request);
    if (!hosts.answersFor(request)) {
      return;
    }
    if ("/".equals(path)) {
      if (NodeReplies.allows(request, HttpMethod.GET, HttpMethod.HEAD)) {
        request.response().putHeader("Content-Security-Policy", page.securityPolicy());
        NodeReplies.send(request, 200, "text/html; charset=utf-8", page.html());
      }
    } else if ("/nodes".equals(path)) {
      if (NodeReplies.allows(request, HttpMethod.GET, HttpMethod.HEAD)) {
        NodeReplies.json(request, 200, describeNodes(request));
      }
    } else {
      NodeReplies.error(request, 404, "There is nothing at this path.");
    }
  }

  private JsonObject describeNodes(HttpServerRequest request) {
    JsonArray entries = new JsonArray();
    for (WatchedNode node : nodes.get()) {
      entries.add(new JsonObject().put("name", node.name()).put("ws", urlOf(node, request)));
    }
    return new JsonObject().put("nodes", entries).put("send", sends);
  }

  /**
   * Returns a URL with the host that the browser used. A node may be bound to every address, or be
   * reached through a forwarded port, and then has no usable name of its own.
   */
  private static String urlOf(WatchedNode node, HttpServerRequest request) {
    HostAndPort used = request.authority();
    if (used == null) {
      // The request is HTTP/1.0, or its header is malformed.
      SocketAddress local = request.localAddress();
      used =
          HostAndPort.create(
              InetAddresses.toUriString(InetAddresses.forString(local.hostAddress())),
              local.port());
    }
    int port = node.port().orElse(used.port());
    return "ws://" + used.host() + (port > 0 ? ":" + port : "") + "/ws";
  }

  /**
   * A node that the page shows.
   *
   * @param name for people, such as {@code 127.0.0.1:50052}
   * @param port of the node's {@code /ws} on the host that the browser used for the page; absent:
   *     the page's own port
   */
  public record WatchedNode(String name, OptionalInt port) {

    /** Returns the node that serves the page. */
    public static WatchedNode here(String name) {
      return new WatchedNode(name, OptionalInt.empty());
    }

    /** Returns a node on another port of the page's host. */
    public static WatchedNode atPort(String name, int port) {
      return new WatchedNode(name, OptionalInt.of(port));
    }
  }
}
