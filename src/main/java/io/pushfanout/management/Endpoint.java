package io.pushfanout.management;

import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** A page that handles each request itself, of whatever method and host. */
public interface Endpoint {
  /**
   * Handles a request, on its event loop.
   *
   * @param reply sends the response, once, on the same loop; none is needed for a client that has
   *     gone
   */
  void handle(HttpServerRequest request, Consumer<Answer> reply);
}
