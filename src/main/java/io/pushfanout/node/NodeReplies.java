package io.pushfanout.node;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The HTTP responses of this package: errors are JSON with one sentence, and nothing is cached. */
final class NodeReplies {
  private NodeReplies() {}

  /** Sets the security headers of every response. */
  static void setSecurityHeaders(HttpServerRequest request) {
    request
        .response()
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cache-Control", "no-store");
  }

  /** Returns whether the method is one of these; answers 405 otherwise. */
  static boolean allows(HttpServerRequest request, HttpMethod... methods) {
    if (List.of(methods).contains(request.method())) {
      return true;
    }
    request
        .response()
        .putHeader(
            "Allow",
            Arrays.stream(methods).map(HttpMethod::name).collect(Collectors.joining(", ")));
    error(request, 405, "This path does not support the method.");
    return false;
  }

  static void error(HttpServerRequest request, int status, String sentence) {
    json(request, status, new JsonObject().put("error", sentence));
  }

  static void json(HttpServerRequest request, int status, JsonObject json) {
    send(request, status, "application/json", json.encode());
  }

  static void send(HttpServerRequest request, int status, String contentType, String text) {
    HttpServerResponse response =
        request.response().setStatusCode(status).putHeader("Content-Type", contentType);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(text);
    }
  }
}
