package io.pushfanout.delivery;

/**
 * The evidence that the end of a delivery gives of the node's presence, apart from the message's
 * outcome.
 */
public enum Evidence {
  /** The node has answered, with a success or with an error of its own. */
  PRESENT,
  /**
   * A reply came in the node's place, as from a proxy without its node: UNAVAILABLE, HTTP 502, 503
   * or 504 without a gRPC status, a reset or a refusal before any answer.
   */
  ABSENT,
  /** The delivery had no answer in time, or ended with the connection. */
  NONE
}
