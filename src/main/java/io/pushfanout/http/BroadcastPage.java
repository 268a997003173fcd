package io.pushfanout.http;

import com.google.common.net.HttpHeaders;
import com.google.common.net.MediaType;
import io.pushfanout.management.Answer;
import io.pushfanout.management.Endpoint;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.BroadcastEntry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * The page {@code POST /api/v1/broadcast}: broadcasts as JSON, one or a list.
 *
 * <p>A page of another site can make a browser post here, but JSON requires a CORS preflight, which
 * is granted to listed origins alone.
 */
public final class BroadcastPage implements Endpoint {
  public static final String PATH = "/api/v1/broadcast";

  private final Vertx vertx;
  private final BroadcastEntry entry;
  private final BrowserRule browsers;

  public BroadcastPage(Vertx vertx, BroadcastEntry entry, BrowserRule browsers) {
    this.vertx = vertx;
    this.entry = entry;
    this.browsers = browsers;
  }

  @Override
  public void handle(HttpServerRequest request, Consumer<Answer> reply) {
    Consumer<Answer> toBrowsers = answer -> reply.accept(answer.with(browsers.headers(request)));
    Answer refusal = browsers.refusal(request);
    if (refusal != null) {
      toBrowsers.accept(refusal);
    } else if (request.method().equals(HttpMethod.OPTIONS)) {
      toBrowsers.accept(browsers.options(request));
    } else if (!request.method().equals(HttpMethod.POST)) {
      toBrowsers.accept(Answers.otherMethod());
    } else if (!isJson(request)) {
      toBrowsers.accept(
          Answers.refusal(
              415,
              StatusCode.INVALID_ARGUMENT,
              "Content-Type must be application/json in UTF-8, without a Content-Encoding"));
    } else {
      new PostedRequest(entry, request, vertx, toBrowsers).begin();
    }
  }

  private static boolean isJson(HttpServerRequest request) {
    List<String> types = request.headers().getAll(HttpHeaders.CONTENT_TYPE);
    if (types.size() != 1 || request.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
      return false;
    }
    try {
      MediaType type = MediaType.parse(types.getFirst());
      return type.is(MediaType.create("application", "json"))
          && type.charset().or(StandardCharsets.UTF_8).equals(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
