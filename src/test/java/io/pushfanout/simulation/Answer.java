package io.pushfanout.simulation;

/** What a node, or a proxy before it, answers to a call or a stream. */
public enum Answer {
  OK,
  /** Trailers alone, from a proxy whose upstream is away. */
  UNAVAILABLE,
  HTTP_502,
  HTTP_503,
  HTTP_504,
  /** RST_STREAM before any answer. */
  RESET,
  /** RST_STREAM with REFUSED_STREAM. */
  REFUSED,
  INTERNAL,
  UNIMPLEMENTED,
  /** INTERNAL with a text of 20 KB. */
  LONG_ERROR,
  /** RESOURCE_EXHAUSTED, as for a message that is too large. */
  EXHAUSTED,
  /** Nothing, ever. */
  NEVER,
  /** Headers, and nothing more. */
  HEADERS_ALONE,
  /** Headers and most of a message of 4 MiB. */
  PART_OF_A_MESSAGE;

  /** Whether the node itself is away, for who judges by outcomes. */
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
