package io.pushfanout.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** The format of lines on stderr, both of the log and of commands. */
public enum LogFormat {
  TEXT(TextLayout::new, (_, text) -> text),
  JSON(JsonLayout::new, JsonLayout::line);

  private final Supplier<Layout<ILoggingEvent>> layout;
  private final BiFunction<Level, String, String> line;

  LogFormat(Supplier<Layout<ILoggingEvent>> layout, BiFunction<Level, String, String> line) {
    this.layout = layout;
    this.line = line;
  }

  /** Returns the format of that name; text where there is none of that name. */
  public static LogFormat of(@Nullable String name) {
    return "json".equals(name) ? JSON : TEXT;
  }

  /**
   * Returns a line that a command prints at any log level, such as the line of its ports:
   * unchanged, or as the message of an object. The line has no line end.
   */
  public String line(Level level, String text) {
    return line.apply(level, text);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  Layout<ILoggingEvent> layout() {
    return layout.get();
  }
}
