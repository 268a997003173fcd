package io.pushfanout.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Blocking HTTP exchanges, one at a time, with a timeout. */
final class Http {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private Http() {}

  static HttpResponse<String> get(String hostPort, String path) {
    return send(request(hostPort, path).GET().build());
  }

  /** Returns the body of a response, which must be 200. */
  static String body(String hostPort, String path) {
    return bodyOf(get(hostPort, path));
  }

  static void post(String hostPort, String path, String body) {
    bodyOf(send(request(hostPort, path).POST(HttpRequest.BodyPublishers.ofString(body)).build()));
  }

  /**
   * Posts JSON, as curl does.
   *
   * @return the status, a blank, and the body of the response
   */
  static String postJson(String hostPort, String path, String json, String... headers) {
    HttpRequest.Builder request =
        request(hostPort, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    HttpResponse<String> response =
        send(headers.length == 0 ? request.build() : request.headers(headers).build());
    return response.statusCode() + " " + response.body();
  }

  private static HttpRequest.Builder request(String hostPort, String path) {
    return HttpRequest.newBuilder(URI.create("http://" + hostPort + path))
        .timeout(Duration.ofSeconds(20));
  }

  private static String bodyOf(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response + ": " + response.body());
    }
    return response.body();
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(request + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
