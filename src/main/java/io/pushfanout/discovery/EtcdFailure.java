package io.pushfanout.discovery;

import com.google.common.base.Throwables;
import com.google.common.collect.Iterables;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.reload.FileException;
import io.pushfanout.text.Causes;
import io.pushfanout.text.Printable;
import io.pushfanout.tls.HandshakeFailure;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The reason of a failure with etcd.
 *
 * @param refused whether etcd answered, and will answer the same until a permission changes
 * @param reason one short line
 */
record EtcdFailure(boolean refused, String reason) {
  private static final int LONGEST = 200;

  /** Refusals in etcd's words. Its codes do not separate them from temporary troubles. */
  private static final List<String> REFUSALS =
      List.of(
          "etcdserver: permission denied",
          "etcdserver: authentication failed",
          "etcdserver: authentication is not enabled",
          "etcdserver: user name is empty");

  /** The reason of a failure without an answer, which may hide another one. */
  private static final String TIMEOUT = "no answer in time";

  /** Words of gRPC for connections that the other side closes, by their beginnings. */
  private static final Map<String, String> CLOSED =
      Map.of(
          "Network closed for unknown reason",
          "the connection was closed; do the schemes, http or https, match?",
          "Connection closed while performing TLS negotiation",
          "TLS: the connection was closed in the handshake; do the schemes, http or https, match?");

  /** Returns whether a reason names a cause, and not only a missing answer. */
  static boolean namesCause(String reason) {
    return !reason.equals(TIMEOUT);
  }

  Trouble trouble() {
    return new Trouble(refused, reason);
  }

  static EtcdFailure of(Throwable thrown) {
    List<String> messages =
        untilFile(Throwables.getCausalChain(thrown)).stream()
            .map(EtcdFailure::message)
            .filter(message -> !message.isEmpty())
            .distinct()
            .toList();
    for (String message : messages) {
      for (String refusal : REFUSALS) {
        if (message.contains(refusal)) {
          return new EtcdFailure(true, line(message));
        }
      }
    }
    // The innermost message has the cause; the outer ones only report a failure.
    String reason = messages.isEmpty() ? Causes.text(thrown) : messages.getLast();
    return new EtcdFailure(
        false,
        line(
            HandshakeFailure.why(thrown)
                .map(EtcdFailure::ofTls)
                .orElseGet(() -> closedOr(reason))));
  }

  private static String ofTls(String why) {
    return why.startsWith("TLS") ? why : "TLS: " + why;
  }

  private static String closedOr(String reason) {
    return CLOSED.entrySet().stream()
        .filter(words -> reason.startsWith(words.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(reason);
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

  private static String message(Throwable thrown) {
    if (thrown instanceof CompletionException || thrown instanceof ExecutionException) {
      return ""; // Only wraps the cause.
    }
    if (thrown instanceof TimeoutException) {
      return TIMEOUT;
    }
    @Nullable String text =
        isStatus(thrown)
            ? EtcdExceptionFactory.toEtcdException(thrown).getMessage()
            : Causes.message(thrown);
    // gRPC describes its pipeline, or a foreign server's headers, on further lines.
    return text == null ? "" : text.lines().findFirst().orElse("");
  }

  /** gRPC's exceptions repeat their code in the message; etcd's text alone is clearer. */
  private static boolean isStatus(Throwable thrown) {
    return thrown.getClass().getName().startsWith("io.grpc.Status");
  }
}
