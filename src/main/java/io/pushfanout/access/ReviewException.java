package io.pushfanout.access;

/**
 * The failure of a review, because the reviewer is unavailable; the message is one line for a log.
 */
public final class ReviewException extends Exception {
  public ReviewException(String message, Throwable cause) {
    super(message, cause);
  }
}
