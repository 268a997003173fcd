package io.pushfanout.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import io.pushfanout.text.Printable;
import java.util.ArrayList;
import java.util.List;

/**
 * The stack trace of an exception and its causes, one entry per line. Logback's own format is not
 * used, because a line break in a message would start a new log line.
 */
final class StackTrace {
  private StackTrace() {}

  /** Returns the lines; empty for an event without an exception. */
  static List<String> lines(ILoggingEvent event) {
    List<String> lines = new ArrayList<>();
    String prefix = "";
    for (IThrowableProxy t = event.getThrowableProxy(); t != null; t = t.getCause()) {
      String message = t.getMessage() == null ? "" : ": " + Printable.line(t.getMessage());
      lines.add(prefix + t.getClassName() + message);
      StackTraceElementProxy[] frames = t.getStackTraceElementProxyArray();
      int shown = frames.length - t.getCommonFrames();
      for (int i = 0; i < shown; i++) {
        lines.add("  " + frames[i].getSTEAsString());
      }
      prefix = "caused by ";
      if (t.isCyclic()) {
        break;
      }
    }
    return lines;
  }
}
