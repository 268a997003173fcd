package io.pushfanout.connect;

/** A violation of the protocol by a node; the message is one line for people. */
final class ProtocolException extends Exception {
  ProtocolException(String message) {
    super(message);
  }
}
