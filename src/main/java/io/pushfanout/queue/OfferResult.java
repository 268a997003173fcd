package io.pushfanout.queue;

/** The answer of a node's queue to an offered message. */
public enum OfferResult {
  /** Accepted: the message starts at once, or waits for a worker. */
  ACCEPTED,
  /** Undecided: the caller is held until there is room. */
  HELD,
  /** Reserved: room is kept for the message until it is committed or released. */
  RESERVED,
  /** Refused: no room. */
  FULL,
  /** Refused: larger than the queue's bound in bytes. */
  TOO_LARGE,
  /** Unreserved: the node is not connected, and takes the message if it can. */
  NOT_CONNECTED,
  /** Out of the broadcast: the client has retired and closed, so the node is no node now. */
  CLOSED,
  /** Refused: the client has closed because the process stops. */
  STOPPED
}
