package io.pushfanout.delivery;

/** What the end of a delivery shows about the node, whatever became of the message. */
public enum Evidence {
  /** The node has answered, with a success or with an error of its own. */
  PRESENT,
  /**
   * Something answered in the node's place, as a proxy does whose node is away: UNAVAILABLE, HTTP
   * 502, 503 or 504 without a gRPC status, a reset or a refusal before any answer.
   */
  ABSENT,
  /** Nothing: no answer in time, or an end of the connection. */
  NONE
}
