package io.pushfanout.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import java.util.function.Supplier;

/** What a log line looks like. */
enum LogFormat {
  TEXT(TextLayout::new),
  JSON(JsonLayout::new);

  private final Supplier<Layout<ILoggingEvent>> layout;

  LogFormat(Supplier<Layout<ILoggingEvent>> layout) {
    this.layout = layout;
  }

  Layout<ILoggingEvent> layout() {
    return layout.get();
  }
}
