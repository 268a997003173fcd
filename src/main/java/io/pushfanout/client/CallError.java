package io.pushfanout.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.text.Causes;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.Printable;
import io.pushfanout.tls.HandshakeFailure;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The error message of a failed call: one line for the user. */
final class CallError {
  private static final int MAX_CHARS = 1000;

  private CallError() {}

  /**
   * @param tls whether the call used TLS
   */
  static String of(StatusRuntimeException e, NodeAddress server, boolean tls, Duration timeout) {
    Status status = e.getStatus();
    Optional<String> handshake = HandshakeFailure.why(status.getCause());
    if (handshake.isPresent()) {
      return unreachable(server, handshake.get());
    }
    if (isClosedWithoutReply(status)) {
      String hint = tls ? "" : "; does it speak TLS (--tls)?";
      return server + " closed the connection without an answer" + hint;
    }
    if (isNoGrpc(status)) {
      return server + " does not speak gRPC; is this the other port?";
    }
    return switch (status.getCode()) {
      // gRPC's own description of a deadline is written for its developers.
      case DEADLINE_EXCEEDED ->
          "DEADLINE_EXCEEDED: no answer from %s within %s"
              .formatted(server, DurationFormat.format(timeout));
      case UNAVAILABLE -> {
        String unreached = whyUnreached(status.getCause());
        yield unreached == null ? described(e) : unreachable(server, unreached);
      }
      default -> described(e);
    };
  }

  /**
   * Returns whether the peer is an HTTP server without gRPC: it responds in HTTP/1.1, or in HTTP/2
   * without gRPC's mandatory headers.
   */
  private static boolean isNoGrpc(Status status) {
    String description = status.getDescription();
    Throwable cause = status.getCause();
    return (description != null
            && (description.startsWith("HTTP status code ")
                || description.startsWith("Failed ALPN negotiation")))
        || (cause != null
            && String.valueOf(cause.getMessage())
                .startsWith("First received frame was not SETTINGS"));
  }

  /**
   * Returns whether the peer closed the connection without a reply. A TLS server that received
   * plaintext sends nothing or an alert and closes; unread bytes make its kernel send a reset.
   */
  private static boolean isClosedWithoutReply(Status status) {
    Throwable cause = status.getCause();
    String message = cause == null ? "" : String.valueOf(cause.getMessage());
    return "Network closed for unknown reason".equals(status.getDescription())
        || HandshakeFailure.isBrokenOff(cause)
        || message.contains("Hex dump for first 5 bytes: 1503");
  }

  static String unreachable(NodeAddress server, String why) {
    return "cannot reach %s: %s".formatted(server, oneLine(why));
  }

  private static String described(StatusRuntimeException e) {
    Status status = e.getStatus();
    String description = status.getDescription();
    return status.getCode()
        + (description == null ? "" : ": " + oneLine(description))
        + retryHint(e);
  }

  /**
   * Returns the reason why the server was not reached; null if it was reached and failed later. The
   * innermost cause has the system's own message.
   */
  private static @Nullable String whyUnreached(@Nullable Throwable cause) {
    String why = null;
    for (Throwable t = cause; t != null; t = t.getCause()) {
      switch (t) {
        case ConnectException e -> why = Causes.text(e);
        case NoRouteToHostException e -> why = Causes.text(e);
        default -> {}
      }
    }
    return why;
  }

  private static String retryHint(StatusRuntimeException e) {
    com.google.rpc.Status details = StatusProto.fromThrowable(e);
    if (details != null) {
      for (Any detail : details.getDetailsList()) {
        if (detail.is(RetryInfo.class)) {
          try {
            return " (retry after %s)"
                .formatted(Durations.toString(detail.unpack(RetryInfo.class).getRetryDelay()));
          } catch (InvalidProtocolBufferException _) {
            // A malformed hint is ignored.
            return "";
          }
        }
      }
    }
    return "";
  }

  private static String oneLine(String text) {
    return Printable.line(text.strip().replaceAll("\\s+", " "), MAX_CHARS);
  }
}
