package io.pushfanout.model;

import io.pushfanout.text.Causes;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/** The failure to bind a port; the message is one line with the port and the cause. */
public final class ListenException extends IOException {
  /**
   * @param protocol the protocol of the port, such as {@code gRPC}
   * @param cause the exception of the library
   */
  public ListenException(String host, int port, String protocol, Throwable cause) {
    this(host, port, protocol, why(cause), cause);
  }

  /**
   * @param why the cause, which follows a colon
   */
  public ListenException(String host, int port, String protocol, String why, Throwable cause) {
    super(
        "cannot listen on %s:%d for %s: %s"
            .formatted(host.contains(":") ? "[" + host + "]" : host, port, protocol, why),
        cause);
  }

  /** Returns the innermost message, which is the system's own; libraries wrap it in theirs. */
  private static String why(Throwable failure) {
    String why = Causes.text(failure);
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return "unknown host";
      }
      String message = Causes.message(cause);
      if (message != null) {
        why = message;
      }
    }
    return why.isEmpty() ? why : Character.toLowerCase(why.charAt(0)) + why.substring(1);
  }
}
