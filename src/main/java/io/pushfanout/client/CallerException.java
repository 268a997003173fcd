package io.pushfanout.client;

/** A failure of a broadcast; the message is one line for the user. */
public final class CallerException extends Exception {
  CallerException(String message, Throwable cause) {
    super(message, cause);
  }
}
