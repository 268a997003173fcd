package io.pushfanout.client;

/** A failure to connect to a node; the message is one line for the user. */
public final class UnreachableException extends Exception {
  UnreachableException(String message) {
    super(message);
  }
}
