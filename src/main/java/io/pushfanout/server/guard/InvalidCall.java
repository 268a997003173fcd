package io.pushfanout.server.guard;

/** A call that can never succeed; the message is one line that names the fault. */
public final class InvalidCall extends Exception {
  public InvalidCall(String message) {
    // No stack trace: the exception is a reply to a caller, and a caller may cause very many.
    super(message, null, false, false);
  }
}
