package io.pushfanout.discovery;

import com.google.common.base.Throwables;
import com.google.common.collect.Iterables;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.pushfanout.model.Causes;
import io.pushfanout.model.Printable;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.reload.FileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The reason of a failure with etcd.
 *
 * @param refused whether etcd answered, and will answer the same until a permission changes
 * @param reason one short line
 */
record Failure(boolean refused, String reason) {
  private static final int LONGEST = 200;

  /** Refusals in etcd's words. Its codes do not separate them from temporary troubles. */
  private static final List<String> REFUSALS =
      List.of(
          "etcdserver: permission denied",
          "etcdserver: authentication failed",
          "etcdserver: authentication is not enabled",
          "etcdserver: user name is empty");

  Trouble trouble() {
    return new Trouble(refused, reason);
  }

  static Failure of(Throwable thrown) {
    List<String> messages =
        untilFile(Throwables.getCausalChain(thrown)).stream()
            .map(Failure::message)
            .filter(message -> !message.isEmpty())
            .distinct()
            .toList();
    for (String message : messages) {
      for (String refusal : REFUSALS) {
        if (message.contains(refusal)) {
          return new Failure(true, line(message));
        }
      }
    }
    // The innermost message has the cause; the outer ones only report a failure.
    String reason = messages.isEmpty() ? Causes.text(thrown) : messages.getLast();
    return new Failure(false, line(isTls(thrown) ? "TLS: " + reason : reason));
  }

  /**
   * Returns the causes up to the first about a file, which describes the rest in its own message.
   */
  private static List<Throwable> untilFile(List<Throwable> chain) {
    int file = Iterables.indexOf(chain, FileException.class::isInstance);
    return file < 0 ? chain : chain.subList(0, file + 1);
  }

  private static String line(String reason) {
    return Printable.line(reason, LONGEST);
  }

  private static boolean isTls(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream().anyMatch(SSLException.class::isInstance);
  }

  private static String message(Throwable thrown) {
    if (thrown instanceof CompletionException || thrown instanceof ExecutionException) {
      return ""; // Only wraps the cause.
    }
    if (thrown instanceof TimeoutException) {
      return "no answer in time";
    }
    @Nullable String text =
        isStatus(thrown)
            ? EtcdExceptionFactory.toEtcdException(thrown).getMessage()
            : Causes.message(thrown);
    return text == null ? "" : text;
  }

  /** gRPC's exceptions repeat their code in the message; etcd's text alone is clearer. */
  private static boolean isStatus(Throwable thrown) {
    return thrown.getClass().getName().startsWith("io.grpc.Status");
  }
}
