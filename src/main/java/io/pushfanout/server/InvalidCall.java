package io.pushfanout.server;

/** A call that can never be right; the message is one line that names what is at fault. */
final class InvalidCall extends Exception {
  InvalidCall(String message) {
    // No stack trace: it is an answer to a caller, and a caller may ask for very many.
    super(message, null, false, false);
  }
}
