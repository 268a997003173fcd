package io.pushfanout.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** ISO 8601 in UTC, always to the millisecond, so that lines of several machines sort as text. */
final class LogTime {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private LogTime() {}

  static String of(ILoggingEvent event) {
    return FORM.format(Instant.ofEpochMilli(event.getTimeStamp()));
  }
}
