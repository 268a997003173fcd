package io.pushfanout.access;

/** Nothing to decide by, so nothing to start with; the message is one line for the user. */
public final class AccessException extends Exception {
  AccessException(String message) {
    super(message);
  }
}
