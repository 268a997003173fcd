package io.pushfanout.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import io.pushfanout.text.Printable;
import java.util.List;
import org.slf4j.event.Level;

/**
 * A layout for log collectors: one object per line with {@code time} (ISO 8601, UTC), {@code
 * level}, {@code logger}, {@code thread}, {@code message} and, for events with an exception, {@code
 * error}. Logback's own JSON has the time as a number only, and the context in each line.
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder object = new StringBuilder(240).append('{');
    field(object, "time", LogTime.of(event));
    field(object, "level", event.getLevel().toString());
    field(object, "logger", event.getLoggerName());
    field(object, "thread", event.getThreadName());
    field(object, "message", event.getFormattedMessage());
    List<String> error = StackTrace.lines(event);
    if (!error.isEmpty()) {
      field(object, "error", String.join("\n", error));
    }
    object.setLength(object.length() - 1);
    return object.append("}\n").toString();
  }

  /** Returns the object of a line that is not a log event. */
  static String line(Level level, String text) {
    StringBuilder object = new StringBuilder(240).append('{');
    field(object, "time", LogTime.of(System.currentTimeMillis()));
    field(object, "level", level.toString());
    field(object, "logger", "io.pushfanout");
    field(object, "thread", Thread.currentThread().getName());
    field(object, "message", text);
    object.setLength(object.length() - 1);
    return object.append('}').toString();
  }

  private static void field(StringBuilder object, String name, String value) {
    object
        .append('"')
        .append(name)
        .append("\":\"")
        .append(Printable.jsonString(value))
        .append("\",");
  }
}
