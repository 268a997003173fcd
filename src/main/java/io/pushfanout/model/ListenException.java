package io.pushfanout.model;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/** A port that cannot be bound; the message is one line that names it and says why. */
public final class ListenException extends IOException {
  /**
   * @param protocol what would have been spoken there, such as {@code gRPC}
   * @param cause whatever the library threw
   */
  public ListenException(String host, int port, String protocol, Throwable cause) {
    this(host, port, protocol, why(cause), cause);
  }

  /**
   * @param why follows a colon
   */
  public ListenException(String host, int port, String protocol, String why, Throwable cause) {
    super(
        "cannot listen on %s:%d for %s: %s"
            .formatted(host.contains(":") ? "[" + host + "]" : host, port, protocol, why),
        cause);
  }

  /** The innermost word is the system's own; libraries put theirs around it. */
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
