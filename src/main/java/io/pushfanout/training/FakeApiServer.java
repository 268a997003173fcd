package io.pushfanout.training;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.concurrent.ExecutionException;

/**
 * A fake API server for the operator, with one PushFanout that never changes.
 *
 * @param port the port on loopback
 */
record FakeApiServer(int port) {
  /** The token in the kubeconfig, which the server does not check. */
  static final String TOKEN = "none";

  /** Starts the server with TLS, as every API server has it; the server stops with the threads. */
  static FakeApiServer start(Vertx vertx, LoopbackCertificate certificate, String node)
      throws InterruptedException, ExecutionException {
    String list = list(node);
    return new FakeApiServer(
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PfxOptions()
                            .setPath(certificate.store().toString())
                            .setPassword(LoopbackCertificate.PASSWORD)))
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
    return "https://127.0.0.1:" + port;
  }

  String kubeconfig(LoopbackCertificate certificate) throws IOException, GeneralSecurityException {
    String authority =
        Base64.getEncoder().encodeToString(certificate.pem().getBytes(StandardCharsets.US_ASCII));
    return """
    apiVersion: v1
    clusters:
    - cluster:
        certificate-authority-data: %s
        server: %s
      name: training
    contexts:
    - context:
        cluster: training
        namespace: default
        user: training
      name: training
    current-context: training
    kind: Config
    users:
    - name: training
      user:
        token: %s
    """
        .formatted(authority, url(), TOKEN);
  }
}
