package io.pushfanout.http2;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;

/**
 * The rule of which headers a connection may keep to recognize the next ones: cached headers are
 * the same object. Long ones are never cached, and 10,000 connections must not keep 64 KiB each.
 */
public final class RepeatedHeaders {
  /** Most characters of names and values. */
  private static final int MAX_CHARS = 2048;

  private RepeatedHeaders() {}

  /** Returns whether the headers are short enough to be kept. */
  public static boolean mayKeep(Http2Headers headers) {
    int chars = 0;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      chars += field.getKey().length() + field.getValue().length();
      if (chars > MAX_CHARS) {
        return false;
      }
    }
    return true;
  }
}
