package io.pushfanout.operator;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pushfanout.model.Printable;
import java.net.HttpURLConnection;
import java.util.Optional;

/** Says in one line why the API server did not do as it was asked. */
final class ApiFailure {
  private static final int REASON_MAX = 300;

  private ApiFailure() {}

  static String reason(Throwable failure) {
    return Printable.line(
        client(failure).map(ApiFailure::ofClient).orElseGet(() -> describe(root(failure))),
        REASON_MAX);
  }

  /** Its status code; 0 when it did not answer. */
  static int code(Throwable failure) {
    return client(failure).map(KubernetesClientException::getCode).orElse(0);
  }

  private static Optional<KubernetesClientException> client(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException ofClient) {
        return Optional.of(ofClient);
      }
    }
    return Optional.empty();
  }

  private static String ofClient(KubernetesClientException failure) {
    if (failure.getStatus() != null && failure.getStatus().getMessage() != null) {
      String said = failure.getStatus().getMessage();
      return failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND
              && said.contains("could not find the requested resource")
          ? "the resource definition pushfanouts.pushfanout.io is not installed"
          : said;
    }
    if (failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
      return "the resource definition pushfanouts.pushfanout.io is not installed";
    }
    return failure.getCode() > 0
        ? "HTTP status " + failure.getCode()
        : "no answer: " + describe(root(failure));
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String describe(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
