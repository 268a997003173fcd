package io.pushfanout.training;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.ExecutionException;

/**
 * A fake API server for the operator, with one PushFanout that never changes.
 *
 * @param port the port on loopback
 */
record FakeApiServer(int port) {
  /** The token in the kubeconfig, which the server does not check. */
  static final String TOKEN = "none";

  /** Starts the server, which stops with the given threads. */
  static FakeApiServer start(Vertx vertx, String node)
      throws InterruptedException, ExecutionException {
    String list = list(node);
    return new FakeApiServer(
        vertx
            .createHttpServer()
            .requestHandler(request -> answer(request, list))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get()
            .actualPort());
  }

  private static void answer(HttpServerRequest request, String list) {
    HttpServerResponse response = request.response().putHeader("Content-Type", "application/json");
    if (!request.method().equals(HttpMethod.GET)) {
      // Writes are accepted, echoed and ignored.
      var _ = request.body().compose(response::end);
    } else if (request.getParam("watch") != null) {
      var _ = request.toWebSocket();
    } else if (request.uri().contains("/pushfanouts")) {
      var _ = response.end(list);
    } else {
      var _ =
          response
              .setStatusCode(HTTP_NOT_FOUND)
              .end("{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"code\": 404}");
    }
  }

  private static String list(String node) {
    return """
    {"apiVersion": "pushfanout.io/v1alpha1", "kind": "PushFanoutList",
     "metadata": {"resourceVersion": "1"}, "items": [
      {"apiVersion": "pushfanout.io/v1alpha1", "kind": "PushFanout",
       "metadata": {"name": "rehearsal", "namespace": "default", "generation": 1,
        "uid": "1", "resourceVersion": "1", "creationTimestamp": "2026-01-01T00:00:00Z"},
       "spec": {"workers": 10, "discovery": {"static": {"nodes": ["%s"]}}}}]}
    """
        .formatted(node);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  String kubeconfig() {
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: rehearsal, cluster: {server: "%s"}}]
    users: [{name: rehearsal, user: {token: %s}}]
    contexts: [{name: rehearsal, context: {cluster: rehearsal, user: rehearsal, namespace: default}}]
    current-context: rehearsal
    """
        .formatted(url(), TOKEN);
  }
}
