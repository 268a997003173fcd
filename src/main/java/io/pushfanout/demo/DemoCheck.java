package io.pushfanout.demo;

import io.pushfanout.node.WebSocketClient;
import io.pushfanout.protocol.BroadCastReply;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A check of a demo: it connects a WebSocket user to each node, broadcasts one message to all users
 * and one to a room that they have joined, and prints the received messages.
 */
public final class DemoCheck {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String ROOM = "lobby";

  private final Demo demo;
  private final PrintWriter out;
  private boolean failed;

  public DemoCheck(Demo demo, PrintWriter out) {
    this.demo = demo;
    this.out = out;
  }

  /** Returns whether every user received both messages. */
  public boolean passes() throws Exception {
    List<WebSocketClient> users = new ArrayList<>();
    try {
      demo.awaitNodes();
      for (URI uri : demo.userUris()) {
        WebSocketClient user = WebSocketClient.connect(uri, TIMEOUT);
        users.add(user);
        user.subscribe(ROOM);
        out.println("user at " + uri + " has joined room " + ROOM);
      }
      deliver(users, null, "hello, all");
      deliver(users, ROOM, "hello, room");
    } finally {
      users.forEach(WebSocketClient::close);
    }
    out.println(failed ? "FAILED" : "OK: every message reached a user of every node");
    return !failed;
  }

  private void deliver(List<WebSocketClient> users, @Nullable String room, String body)
      throws Exception {
    BroadCastReply reply = demo.broadcast(room, 1, body);
    out.printf(
        "broadcast \"%s\" to %s: %s %s%n",
        body, room == null ? "all users" : "room " + room, reply.getMsg(), reply.getDesc());
    failed |= !reply.getMsg().equals("OK");
    for (int i = 0; i < users.size(); i++) {
      URI uri = demo.userUris().get(i);
      try {
        JsonObject message = users.get(i).next(TIMEOUT);
        out.println("user at " + uri + " got " + message.encode());
        failed |= !body.equals(message.getString("body"));
      } catch (java.util.concurrent.TimeoutException e) {
        out.println("user at " + uri + " got nothing: " + e.getMessage());
        failed = true;
      }
    }
  }
}
