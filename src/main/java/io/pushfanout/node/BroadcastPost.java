package io.pushfanout.node;

import io.pushfanout.text.Causes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The handler of {@code POST /broadcast} with {@code {"room","op","body"}}.
 *
 * <p>A foreign page can make a browser post here, but this content type requires a CORS preflight,
 * which is never granted, and the browser always sends the page's origin.
 */
final class BroadcastPost {
  static final int MAX_BODY_BYTES = 1 << 20;

  /** Time for a rejected sender to read the response. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private static final Set<String> FIELDS = Set.of("room", "op", "body");

  private final Function<WatchPage.Message, CompletionStage<String>> broadcast;

  BroadcastPost(Function<WatchPage.Message, CompletionStage<String>> broadcast) {
    this.broadcast = broadcast;
  }

  void handle(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    if (origin != null && !Origins.isOwn(origin, request.authority())) {
      NodeReplies.error(request, 403, "Broadcasts are sent from this server's own page only.");
      return;
    }
    if (!isJson(request.getHeader("Content-Type"))) {
      NodeReplies.error(request, 415, "Content-Type must be application/json.");
      return;
    }
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() <= MAX_BODY_BYTES) {
            body.appendBuffer(chunk);
          } else if (!request.response().ended()) {
            refuseTooLarge(request);
          }
        });
    request.endHandler(
        _ -> {
          if (!request.response().ended()) {
            answer(request, body);
          }
        });
  }

  /**
   * Rejects a body that is too large and stops reading. The connection stays open for a moment:
   * closed with unread bytes it would be reset, and the response could be lost.
   */
  private static void refuseTooLarge(HttpServerRequest request) {
    request.pause();
    NodeReplies.error(request, 413, "A message has at most " + MAX_BODY_BYTES + " bytes.");
    HttpConnection connection = request.connection();
    Objects.requireNonNull(Vertx.currentContext())
        .owner()
        .setTimer(LINGER.toMillis(), _ -> connection.close());
  }

  private void answer(HttpServerRequest request, Buffer body) {
    WatchPage.Message message;
    try {
      message = parse(body);
    } catch (IllegalArgumentException e) {
      NodeReplies.error(request, 400, Objects.requireNonNull(e.getMessage()));
      return;
    }
    // Responses belong to this request's loop; any thread may complete the broadcast.
    Future.fromCompletionStage(broadcast.apply(message), Vertx.currentContext())
        .onSuccess(reply -> NodeReplies.send(request, 200, "application/json", reply))
        .onFailure(e -> NodeReplies.error(request, 502, sentence(e)));
  }

  /**
   * @throws IllegalArgumentException when the body is not a message; the exception's message is a
   *     sentence for the sender
   */
  static WatchPage.Message parse(Buffer body) {
    if (!(decode(body) instanceof JsonObject json) || !FIELDS.containsAll(json.fieldNames())) {
      throw new IllegalArgumentException("Send {\"room\":\"\",\"op\":0,\"body\":\"text\"}.");
    }
    if (!(json.getValue("room", "") instanceof String room)
        || !(json.getValue("body", "") instanceof String text)) {
      throw new IllegalArgumentException("\"room\" and \"body\" must be strings.");
    }
    if (!(json.getValue("op", 0) instanceof Integer op)) {
      throw new IllegalArgumentException("\"op\" must be a whole number of 32 bits.");
    }
    return new WatchPage.Message(room, op, text);
  }

  private static @Nullable Object decode(Buffer body) {
    try {
      return Json.decodeValue(body);
    } catch (DecodeException _) {
      return null;
    }
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null
        && contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json");
  }

  private static String sentence(Throwable failure) {
    String message = Causes.message(failure);
    return message != null ? message : "The broadcast failed.";
  }
}
