package io.pushfanout.fanout;

/** How a node gets its messages at the moment. */
enum Way {
  /** Not at all: nobody knows yet whether it streams, or it does not and has to. */
  HELD,
  CALLS,
  STREAMS
}
