package io.pushfanout.client;

/** A broadcast that failed; the message is one line for the user. */
public final class CallerException extends Exception {
  CallerException(String message, Throwable cause) {
    super(message, cause);
  }
}
