package io.pushfanout.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The time format of log lines: ISO 8601 in UTC, always to the millisecond, so that lines of
 * several machines sort as text.
 */
final class LogTime {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private LogTime() {}

  static String of(ILoggingEvent event) {
    return of(event.getTimeStamp());
  }

  /**
   * Returns the text of a time.
   *
   * @param millis milliseconds since 1970
   */
  static String of(long millis) {
    return FORM.format(Instant.ofEpochMilli(millis));
  }
}
