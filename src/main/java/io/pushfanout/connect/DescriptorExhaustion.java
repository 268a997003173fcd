package io.pushfanout.connect;

import java.io.IOException;
import java.util.Locale;

/** An exception for a connection to a node without a free file descriptor. */
final class DescriptorExhaustion extends IOException {
  /** Text of EMFILE and ENFILE on Linux and macOS, which reach Java as text alone. */
  private static final String TOO_MANY = "too many open files";

  DescriptorExhaustion(String message) {
    super(message);
  }

  /**
   * Returns the shortage of descriptors that caused the failure, else the failure itself. Netty
   * wraps a shortage in the failure to create a channel.
   */
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
