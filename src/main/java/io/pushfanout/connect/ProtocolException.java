package io.pushfanout.connect;

/** A node has said what it may not say; the message is one line for people. */
final class ProtocolException extends Exception {
  ProtocolException(String message) {
    super(message);
  }
}
