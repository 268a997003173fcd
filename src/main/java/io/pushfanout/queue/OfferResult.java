package io.pushfanout.queue;

/** What a node's queue answers to an offered message. */
public enum OfferResult {
  /** Taken, and a worker is free for it: it can start at once. */
  GRANTED,
  /** Taken, and waiting for a worker. */
  QUEUED,
  /** Not decided: the caller is held until there is room. */
  HELD,
  /** Room is kept for it until it is committed or released. */
  RESERVED,
  /** Refused: no room. */
  FULL,
  /** Refused: larger than the queue's bound in bytes. */
  TOO_LARGE,
  /** No room is reserved at a node that is not connected: it takes the message if it can. */
  NOT_CONNECTED,
  /** Not asked any more: the client has retired and closed, the node is no node now. */
  CLOSED,
  /** Refused: the client has closed because the process stops. */
  STOPPED
}
