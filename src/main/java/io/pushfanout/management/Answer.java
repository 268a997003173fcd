package io.pushfanout.management;

import io.vertx.core.buffer.Buffer;

/** A complete HTTP response: the state that it shows changes while a slow client still reads. */
public record Answer(int status, String contentType, Buffer body) {

  /** Returns a response of one line of plain text. */
  static Answer line(int status, String text) {
    return new Answer(status, "text/plain; charset=utf-8", Buffer.buffer(text + "\n"));
  }
}
