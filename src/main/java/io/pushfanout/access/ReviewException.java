package io.pushfanout.access;

/** A reviewer cannot be asked now; the message is one line for a log. */
public final class ReviewException extends Exception {
  public ReviewException(String message, Throwable cause) {
    super(message, cause);
  }
}
