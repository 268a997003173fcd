package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pushfanout.model.Printable;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

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
    Status status = failure.getStatus();
    boolean notFound = failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    if (notFound && (status == null || status.getDetails() == null || isUnknownKind(status))) {
      return "the resource definition pushfanouts.pushfanout.io is not installed";
    }
    if (status != null && status.getMessage() != null) {
      return status.getMessage();
    }
    return failure.getCode() > 0 ? "HTTP status " + failure.getCode() : ofConnection(failure);
  }

  private static String ofConnection(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof UnresolvedAddressException) {
        return "cannot connect to it";
      }
      if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
        return "no answer in time";
      }
    }
    return "no answer: " + describe(root(failure));
  }

  /** The path leads nowhere: it is not that an object of it is missing. */
  private static boolean isUnknownKind(Status status) {
    return status.getDetails().getName() == null;
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
