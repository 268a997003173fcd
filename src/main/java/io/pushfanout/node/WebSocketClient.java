package io.pushfanout.node;

import io.pushfanout.text.Causes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client of a node, for checks: it connects, subscribes and receives messages in order.
 *
 * <p>For one thread at a time; every wait is bounded. Unread messages are kept without a bound.
 */
public final class WebSocketClient implements AutoCloseable {
  private final HttpClient http;
  private final WebSocket socket;
  private final Inbox inbox;
  private final Duration timeout;

  private sealed interface Arrival {}

  private record Json(JsonObject json) implements Arrival {}

  private record End(String why) implements Arrival {}

  private WebSocketClient(HttpClient http, WebSocket socket, Inbox inbox, Duration timeout) {
    this.http = http;
    this.socket = socket;
    this.inbox = inbox;
    this.timeout = timeout;
  }

  /**
   * @param uri such as {@code ws://127.0.0.1:8081/ws}
   * @param timeout for connecting, for responses and for closing
   * @throws IOException when there is no WebSocket at the URI
   */
  public static WebSocketClient connect(URI uri, Duration timeout) throws IOException {
    HttpClient http = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
    Inbox inbox = new Inbox();
    try {
      WebSocket socket =
          http.newWebSocketBuilder().connectTimeout(timeout).buildAsync(uri, inbox).join();
      return new WebSocketClient(http, socket, inbox, timeout);
    } catch (CompletionException e) {
      http.shutdownNow();
      throw new IOException("cannot connect to " + uri + ": " + e.getCause(), e);
    }
  }

  /**
   * Subscribes, and waits until each PushFanout process has confirmed it to the node.
   *
   * @return all rooms of this user
   * @throws IOException when the node refuses, or the connection is lost
   */
  public List<String> subscribe(String... rooms)
      throws IOException, InterruptedException, TimeoutException {
    JsonObject request =
        new JsonObject().put("subscribe", new JsonArray(List.of((Object[]) rooms)));
    JsonObject answer = ask(request.encode());
    while (answer.containsKey("pending")) {
      answer = take(inbox.answers, timeout, "confirmation");
    }
    if (!(answer.getValue("subscribed") instanceof JsonArray subscribed)) {
      throw new IOException("the node refused: " + answer.getString("error"));
    }
    return subscribed.stream().map(String::valueOf).toList();
  }

  /** Sends any text, and waits for the node's response. */
  JsonObject ask(String text) throws IOException, InterruptedException, TimeoutException {
    try {
      // The client rejects a second send during the first, and a response may precede the first's
      // end.
      socket.sendText(text, true).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      inbox.end("the request could not be sent: " + e.getCause());
    }
    return take(inbox.answers, timeout, "answer");
  }

  /**
   * Returns the next message as the node sent it.
   *
   * @throws TimeoutException when no message arrives in time
   * @throws IOException when the connection is lost
   */
  public JsonObject next(Duration wait) throws IOException, InterruptedException, TimeoutException {
    return take(inbox.messages, wait, "message");
  }

  private static JsonObject take(BlockingQueue<Arrival> queue, Duration wait, String what)
      throws IOException, InterruptedException, TimeoutException {
    Arrival arrival = queue.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
    return switch (arrival) {
      case null -> throw new TimeoutException("no " + what + " within " + wait.toMillis() + " ms");
      case Json json -> json.json();
      case End end -> {
        queue.add(end);
        throw new IOException(end.why());
      }
    };
  }

  @Override
  public void close() {
    socket
        .sendClose(WebSocket.NORMAL_CLOSURE, "")
        .completeOnTimeout(socket, timeout.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(_ -> socket)
        .join();
    socket.abort();
    http.shutdownNow();
  }

  /** A listener that the client's threads call, one call at a time. */
  private static final class Inbox implements WebSocket.Listener {
    final BlockingQueue<Arrival> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Arrival> answers = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonObject json = new JsonObject(text.toString());
        text.setLength(0);
        boolean answer = json.containsKey("subscribed") || json.containsKey("error");
        (answer ? answers : messages).add(new Json(json));
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      end("the node closed the connection with " + code + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      end("the connection was lost: " + Causes.text(error));
    }

    private void end(String why) {
      messages.add(new End(why));
      answers.add(new End(why));
    }
  }
}
