package io.pushfanout.conformance;

/** An optional service that the node does not have. */
final class MissingServiceException extends Exception {
  MissingServiceException() {
    super("UNIMPLEMENTED");
  }
}
