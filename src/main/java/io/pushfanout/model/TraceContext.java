package io.pushfanout.model;

import org.jspecify.annotations.Nullable;

/**
 * A place in a trace, as W3C's {@code traceparent} writes it: the trace, the span that is the
 * parent of others, and flags.
 *
 * @param traceparent the header's value in version 00
 */
public record TraceContext(String traceparent) {
  private static final String VERSION = "00";
  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = 36;
  private static final int FLAGS_AT = 53;
  private static final int LENGTH = 55;
  private static final int SAMPLED = 1;

  /** Returns the sampled context of a span, by its ids in lower-case hex. */
  public static TraceContext sampled(String traceId, String spanId) {
    return new TraceContext(VERSION + "-" + traceId + "-" + spanId + "-01");
  }

  /**
   * Returns the context of a header; null for a missing or malformed header, which counts as none.
   * A later version of the header is read as far as version 00 goes.
   */
  public static @Nullable TraceContext parse(@Nullable String header) {
    if (header == null || header.length() < LENGTH || header.startsWith("ff")) {
      return null;
    }
    boolean isLonger = header.length() > LENGTH;
    if (isLonger && (header.startsWith(VERSION) || header.charAt(LENGTH) != '-')) {
      return null;
    }
    boolean wellFormed =
        isHex(header, 0, TRACE_AT - 1)
            && header.charAt(TRACE_AT - 1) == '-'
            && isId(header, TRACE_AT, SPAN_AT - 1)
            && header.charAt(SPAN_AT - 1) == '-'
            && isId(header, SPAN_AT, FLAGS_AT - 1)
            && header.charAt(FLAGS_AT - 1) == '-'
            && isHex(header, FLAGS_AT, LENGTH);
    return wellFormed ? new TraceContext(VERSION + header.substring(TRACE_AT - 1, LENGTH)) : null;
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the text has an id there: zeros alone are none. */
  private static boolean isId(String text, int from, int to) {
    return isHex(text, from, to) && !text.substring(from, to).chars().allMatch(c -> c == '0');
  }

  /** Returns the trace's id, 32 characters of hex. */
  public String traceId() {
    return traceparent.substring(TRACE_AT, SPAN_AT - 1);
  }

  /** Returns the span's id, 16 characters of hex. */
  public String spanId() {
    return traceparent.substring(SPAN_AT, FLAGS_AT - 1);
  }

  /** Returns whether the trace's spans are recorded. */
  public boolean isSampled() {
    return (Integer.parseInt(traceparent, FLAGS_AT, LENGTH, 16) & SAMPLED) != 0;
  }
}
