package io.pushfanout.connect;

import java.io.IOException;
import java.util.Locale;

/** No file descriptor is to be had for a connection to a node. */
final class DescriptorExhaustion extends IOException {
  /** What Linux and macOS call EMFILE and ENFILE, which reach Java as text alone. */
  private static final String TOO_MANY = "too many open files";

  DescriptorExhaustion(String message) {
    super(message);
  }

  /** The same, or the shortage that it comes of: Netty wraps that in what was to be created. */
  static Throwable of(Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      String message = at.getMessage();
      if (message != null && message.toLowerCase(Locale.ROOT).contains(TOO_MANY)) {
        return new DescriptorExhaustion("no file descriptor is free (ulimit -n)");
      }
    }
    return cause;
  }
}
