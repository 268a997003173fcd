package io.pushfanout.server.guard;

/** A call that can never be right; the message is one line that names what is at fault. */
public final class InvalidCall extends Exception {
  public InvalidCall(String message) {
    // No stack trace: it is an answer to a caller, and a caller may ask for very many.
    super(message, null, false, false);
  }
}
