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
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page that shows messages arriving, and what it asks for: {@code /}, {@code /nodes}
 * and, where broadcasts can be sent, {@code /broadcast}. Every other path is 404.
 *
 * <p>Keeps no state: any event loop may call it.
 */
public final class WatchPage implements Handler<HttpServerRequest> {
  private final PageText page = PageText.load();
  private final OwnHosts hosts;
  private final Supplier<List<WatchedNode>> nodes;
  private final @Nullable BroadcastPost broadcast;

  /**
   * What the page's form sends.
   *
   * @param room empty for every user
   */
  public record Message(String room, int op, String body) {}

  /**
   * A page that only watches.
   *
   * @param hosts that its server answers for
   */
  WatchPage(OwnHosts hosts, Supplier<List<WatchedNode>> nodes) {
    this(hosts, nodes, null);
  }

  /**
   * A page with a form to send.
   *
   * @param bind the host that its server listens on
   * @param names besides that one, by which browsers may ask for it
   * @param broadcast answers with the reply as JSON: {@code desc}, {@code nodes}, {@code accepted},
   *     {@code dropped}; its failure's message is shown on the page. Called on the event loop, must
   *     not block.
   */
  public WatchPage(
      String bind,
      AllowedNames names,
      Supplier<List<WatchedNode>> nodes,
      Function<Message, CompletionStage<String>> broadcast) {
    this(names.hosts(bind), nodes, new BroadcastPost(broadcast));
  }

  private WatchPage(
      OwnHosts hosts, Supplier<List<WatchedNode>> nodes, @Nullable BroadcastPost broadcast) {
    this.hosts = hosts;
    this.nodes = nodes;
    this.broadcast = broadcast;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String path = request.path();
    Answers.noteSafety(request);
    if (!hosts.answersFor(request)) {
      return;
    }
    if ("/".equals(path)) {
      if (Answers.allows(request, HttpMethod.GET, HttpMethod.HEAD)) {
        request.response().putHeader("Content-Security-Policy", page.securityPolicy());
        Answers.send(request, 200, "text/html; charset=utf-8", page.html());
      }
    } else if ("/nodes".equals(path)) {
      if (Answers.allows(request, HttpMethod.GET, HttpMethod.HEAD)) {
        Answers.json(request, 200, describeNodes(request));
      }
    } else if (broadcast != null && "/broadcast".equals(path)) {
      if (Answers.allows(request, HttpMethod.POST)) {
        broadcast.handle(request);
      }
    } else {
      Answers.error(request, 404, "There is nothing at this path.");
    }
  }

  private JsonObject describeNodes(HttpServerRequest request) {
    JsonArray entries = new JsonArray();
    for (WatchedNode node : nodes.get()) {
      entries.add(new JsonObject().put("name", node.name()).put("ws", urlOf(node, request)));
    }
    return new JsonObject().put("nodes", entries).put("send", broadcast != null);
  }

  /**
   * By the host that the browser used: a node may be bound to every address, or be reached through
   * a forwarded port, and then knows no name of its own that the browser could use.
   */
  private static String urlOf(WatchedNode node, HttpServerRequest request) {
    HostAndPort used = request.authority();
    if (used == null) {
      // HTTP/1.0, or a malformed header.
      SocketAddress local = request.localAddress();
      used =
          HostAndPort.create(
              InetAddresses.toUriString(InetAddresses.forString(local.hostAddress())),
              local.port());
    }
    int port = node.port().orElse(used.port());
    return "ws://" + used.host() + (port > 0 ? ":" + port : "") + "/ws";
  }
}
