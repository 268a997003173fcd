package io.pushfanout.simulation;

/** The reply of a node, or of a proxy in front of it, to a call or a stream. */
public enum Answer {
  OK,
  /** Trailers alone, from a proxy whose upstream is away. */
  UNAVAILABLE,
  HTTP_502,
  HTTP_503,
  HTTP_504,
  /** RST_STREAM before any reply. */
  RESET,
  /** RST_STREAM with REFUSED_STREAM. */
  REFUSED,
  INTERNAL,
  UNIMPLEMENTED,
  /** INTERNAL with a text of 20 KB. */
  LONG_ERROR,
  /** RESOURCE_EXHAUSTED, the status for a message that is too large. */
  EXHAUSTED,
  /** No reply at all. */
  NEVER,
  /** Headers without a message. */
  HEADERS_ALONE,
  /** Headers and most of a message of 4 MiB. */
  PART_OF_A_MESSAGE;

  /** Returns whether a client that judges by outcomes takes the node itself for absent. */
  boolean isAbsence() {
    return switch (this) {
      case UNAVAILABLE, HTTP_502, HTTP_503, HTTP_504, RESET, REFUSED -> true;
      case OK,
          INTERNAL,
          UNIMPLEMENTED,
          LONG_ERROR,
          EXHAUSTED,
          NEVER,
          HEADERS_ALONE,
          PART_OF_A_MESSAGE ->
          false;
    };
  }
}
