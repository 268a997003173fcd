package io.pushfanout.operator.client;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A bound on the time to receive a response body. The request timeout of the client ends with the
 * response headers; a server that vanishes after them would be waited for without end. A watch has
 * no bound.
 */
record BodyTimeout(Duration timeout) implements Interceptor {
  static final String NAME = "pushfanout-body-timeout";

  @Override
  public void after(
      HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> taker) {
    if (response.body() instanceof AsyncBody body && !isWatch(request.uri())) {
      var _ =
          body.done()
              .copy()
              .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .exceptionally(
                  failure -> {
                    if (failure instanceof TimeoutException) {
                      body.cancel();
                    }
                    return null;
                  });
    }
  }

  private static boolean isWatch(URI uri) {
    return String.valueOf(uri.getRawQuery()).contains("watch=true");
  }
}
