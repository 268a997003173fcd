package io.pushfanout.management;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * A complete HTTP response: the state that it shows changes while a slow client still reads.
 *
 * @param headers those that no other response has, by name
 */
public record Answer(int status, String contentType, Buffer body, Map<String, String> headers) {
  public Answer(int status, String contentType, Buffer body) {
    this(status, contentType, body, Map.of());
  }

  /** Returns a response of one line of plain text. */
  static Answer line(int status, String text) {
    return new Answer(status, "text/plain; charset=utf-8", Buffer.buffer(text + "\n"));
  }

  /** Returns the response with further headers. */
  public Answer with(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(headers);
    all.putAll(more);
    return new Answer(status, contentType, body, all);
  }
}
