package io.pushfanout.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.common.base.Throwables;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pushfanout.operator.client.ClusterException;
import io.pushfanout.text.Causes;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** The reason of a failed request to the API server, in one line. */
public final class ApiFailure {
  private static final int REASON_MAX = 300;
  private static final int UNPROCESSABLE = 422;

  /**
   * Words of etcd about an object that is too large; its code, 500, stands for other failures too.
   */
  private static final String TOO_LARGE = "etcdserver: request is too large";

  /**
   * Words of the API server about an object that the present definition does not allow; code 500.
   */
  private static final String WRONG_TYPE = "failed to create typed";

  private ApiFailure() {}

  /**
   * @param where the API server is
   */
  public static String reason(Throwable failure, String where) {
    return Printable.line(
        Throwables.getCausalChain(failure).stream()
            .filter(ClusterException.class::isInstance)
            .findFirst()
            .map(cause -> ((ClusterException) cause).reason())
            .or(() -> client(failure).map(client -> ofClient(client, where)))
            .orElseGet(() -> Causes.text(root(failure))),
        REASON_MAX);
  }

  /** Whether one side did not take the certificate or the token that the other showed. */
  public static boolean isOfIdentity(Throwable failure) {
    return client(failure)
            .map(e -> e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED)
            .orElse(false)
        || Throwables.getCausalChain(failure).stream()
            .anyMatch(GeneralSecurityException.class::isInstance);
  }

  /** Returns whether the API server refuses the request to this user. */
  public static boolean isForbidden(Throwable failure) {
    return client(failure).map(e -> e.getCode() == HttpURLConnection.HTTP_FORBIDDEN).orElse(false);
  }

  /** Returns whether there was no answer: other requests would then fail too. */
  static boolean isNoAnswer(Throwable failure) {
    return client(failure).map(e -> e.getCode() <= 0).orElse(false);
  }

  /**
   * Returns whether the API server rejects a write because of its object: by rules, by types, such
   * as those of another version, or by size. Writes of other objects work.
   */
  static boolean isOfObject(KubernetesClientException failure) {
    return failure.getCode() == UNPROCESSABLE
        || isTooLarge(failure)
        || text(failure).contains(WRONG_TYPE);
  }

  /** Returns whether an object is larger than the API server or its store allows. */
  static boolean isTooLarge(KubernetesClientException failure) {
    return failure.getCode() == HttpURLConnection.HTTP_ENTITY_TOO_LARGE
        || text(failure).contains(TOO_LARGE);
  }

  private static String text(KubernetesClientException failure) {
    return String.valueOf(failure.getMessage());
  }

  private static Optional<KubernetesClientException> client(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException ofClient) {
        return Optional.of(ofClient);
      }
    }
    return Optional.empty();
  }

  private static String ofClient(KubernetesClientException failure, String where) {
    Status status = failure.getStatus();
    boolean notFound = failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    if (notFound && (status == null || status.getDetails() == null || isUnknownKind(status))) {
      return "the resource definition pushfanouts.pushfanout.io is not installed, or has no v1alpha1";
    }
    if (status != null && status.getMessage() != null) {
      return status.getMessage();
    }
    return failure.getCode() > 0
        ? "HTTP status " + failure.getCode()
        : ofConnection(failure, where);
  }

  private static String ofConnection(Throwable failure, String where) {
    List<Throwable> causes = Throwables.getCausalChain(failure);
    for (Throwable cause : causes) {
      if (cause instanceof JsonProcessingException) {
        return "the answer of %s is none of an API server".formatted(where);
      }
      if (cause instanceof UnresolvedAddressException) {
        return "cannot connect to %s: its name is not known".formatted(where);
      }
      if (cause instanceof HttpConnectTimeoutException) {
        return "cannot connect to %s: no answer in time".formatted(where);
      }
      if (cause instanceof ConnectException) {
        return "cannot connect to %s%s".formatted(where, cause(causes));
      }
      if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
        return "no answer in time of " + where;
      }
      // The bound on a response body alone cancels one; the JDK's client has no type for that.
      if ("subscription cancelled".equals(cause.getMessage())) {
        return "the answer of %s did not end in time".formatted(where);
      }
    }
    return "no answer of %s: %s".formatted(where, Causes.text(root(failure)));
  }

  /** Returns the system's message after a colon; empty where there is none. */
  private static String cause(List<Throwable> causes) {
    return causes.reversed().stream()
        .filter(cause -> cause instanceof IOException && cause.getMessage() != null)
        .findFirst()
        .map(cause -> ": " + cause.getMessage())
        .orElse("");
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
}
