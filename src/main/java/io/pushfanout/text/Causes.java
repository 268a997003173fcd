package io.pushfanout.text;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The texts of exceptions of libraries and of the system: never {@code null}, and without the name
 * of the failed system call. A text may quote a peer, and may have several lines.
 */
public final class Causes {
  /** The prefix that Netty's native transport puts before the system's message. */
  private static final Pattern SYSTEM_CALL =
      Pattern.compile("^\\w+\\([^)]*\\) failed with error\\(-?\\d+\\): ");

  /** The prefix that Netty puts before an address if the exception has no message. */
  private static final String NO_MESSAGE = "null: ";

  /** Names that are clearer than the class names. */
  private static final Map<Class<?>, String> NAMES =
      Map.of(
          TimeoutException.class, "no answer in time",
          SocketTimeoutException.class, "no answer in time",
          UnresolvedAddressException.class, "unknown host",
          UnknownHostException.class, "unknown host",
          ConnectException.class, "connection refused",
          ClosedChannelException.class, "connection closed",
          EOFException.class, "ended too early",
          IOException.class, "input or output failed");

  /** Classes whose names do not describe a cause. */
  private static final Set<Class<?>> ANYTHING =
      Set.of(
          Throwable.class, Exception.class, RuntimeException.class, Error.class, IOException.class);

  private static final Pattern WORD =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
  private static final Pattern KIND = Pattern.compile("(Exception|Error)$");

  private Causes() {}

  /**
   * Returns the message of one exception, or the name of its class in words if it has no message.
   */
  public static String text(Throwable cause) {
    String message = message(cause);
    return message == null ? name(innermost(cause)) : message;
  }

  /**
   * Returns the message of one exception; null if it has none, so that the caller can try its
   * causes.
   */
  public static @Nullable String message(Throwable cause) {
    Throwable inner = innermost(cause);
    String message = inner.getMessage();
    if (message == null || message.isBlank() || message.equals("null")) {
      return null;
    }
    return message.startsWith(NO_MESSAGE)
        ? name(inner) + message.substring(NO_MESSAGE.length() - 2)
        : SYSTEM_CALL.matcher(message).replaceFirst("");
  }

  /** Unwraps the JDK's wrappings: their message is the text of their cause. */
  private static Throwable innermost(Throwable cause) {
    Throwable inner = cause;
    Throwable wrapped = cause.getCause();
    while (wrapped != null && wrapped.toString().equals(inner.getMessage())) {
      inner = wrapped;
      wrapped = inner.getCause();
    }
    return inner;
  }

  /** Returns a name such as {@code no route to host}. */
  private static String name(Throwable cause) {
    Class<?> known = known(cause.getClass());
    String own = NAMES.get(known);
    return own != null
        ? own
        : WORD.matcher(KIND.matcher(known.getSimpleName()).replaceFirst(""))
            .replaceAll(" ")
            .toLowerCase(Locale.ROOT);
  }

  /** Returns the JDK class of a library's subclass of a JDK exception. */
  private static Class<?> known(Class<?> type) {
    Class<?> known = type;
    while (!known.getName().startsWith("java")) {
      known = known.getSuperclass();
    }
    return ANYTHING.contains(known) && !type.getSimpleName().isEmpty() ? type : known;
  }
}
