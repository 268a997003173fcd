package io.pushfanout.model;

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
 * What exceptions of libraries and of the system say, for people: never {@code null}, and without
 * the system call that failed. It may quote what a peer has sent, and is no line yet.
 */
public final class Causes {
  /** How Netty's native transport begins what the system says. */
  private static final Pattern SYSTEM_CALL =
      Pattern.compile("^\\w+\\([^)]*\\) failed with error\\(-?\\d+\\): ");

  /** How Netty begins, before an address, where what it wraps had no message. */
  private static final String NO_MESSAGE = "null: ";

  /** Where the name of the class says it worse. */
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

  /** What says nothing of what has happened. */
  private static final Set<Class<?>> ANYTHING =
      Set.of(
          Throwable.class, Exception.class, RuntimeException.class, Error.class, IOException.class);

  private static final Pattern WORD =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
  private static final Pattern KIND = Pattern.compile("(Exception|Error)$");

  private Causes() {}

  /** The message of one exception, or the name of its class in words where it has none. */
  public static String text(Throwable cause) {
    String message = message(cause);
    return message == null ? name(innermost(cause)) : message;
  }

  /**
   * The message of one exception; null where it has none, so that somebody who has its causes may
   * look at these.
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

  /** Through the JDK's wrappings, whose message is the class's name and message of the cause. */
  private static Throwable innermost(Throwable cause) {
    Throwable inner = cause;
    Throwable wrapped = cause.getCause();
    while (wrapped != null && wrapped.toString().equals(inner.getMessage())) {
      inner = wrapped;
      wrapped = inner.getCause();
    }
    return inner;
  }

  /** Such as {@code no route to host}. */
  private static String name(Throwable cause) {
    Class<?> known = known(cause.getClass());
    String own = NAMES.get(known);
    return own != null
        ? own
        : WORD.matcher(KIND.matcher(known.getSimpleName()).replaceFirst(""))
            .replaceAll(" ")
            .toLowerCase(Locale.ROOT);
  }

  /** Libraries' own kinds of the JDK's exceptions say less by their names. */
  private static Class<?> known(Class<?> type) {
    Class<?> known = type;
    while (!known.getName().startsWith("java")) {
      known = known.getSuperclass();
    }
    return ANYTHING.contains(known) && !type.getSimpleName().isEmpty() ? type : known;
  }
}
