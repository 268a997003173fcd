package io.pushfanout.management;

import io.vertx.core.buffer.Buffer;

/** One HTTP answer, whole: what is being shown changes while a slow client still reads. */
public record Answer(int status, String contentType, Buffer body) {

  /** One line for people. */
  static Answer line(int status, String text) {
    return new Answer(status, "text/plain; charset=utf-8", Buffer.buffer(text + "\n"));
  }
}
