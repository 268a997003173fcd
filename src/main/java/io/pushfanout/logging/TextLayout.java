package io.pushfanout.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import io.pushfanout.text.Printable;

/**
 * A layout for readers: {@code time level logger message}, and a stack trace in indented lines
 * below.
 */
final class TextLayout extends LayoutBase<ILoggingEvent> {
  @Override
  public String doLayout(ILoggingEvent event) {
    String logger = event.getLoggerName();
    StringBuilder line = new StringBuilder(160);
    line.append(LogTime.of(event))
        .append(' ')
        .append(event.getLevel())
        .append(' ')
        .append(logger, logger.lastIndexOf('.') + 1, logger.length())
        .append(' ')
        .append(Printable.line(event.getFormattedMessage()))
        .append('\n');
    StackTrace.lines(event).forEach(l -> line.append("    ").append(l).append('\n'));
    return line.toString();
  }
}
