package io.pushfanout.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import io.pushfanout.model.Printable;
import java.util.ArrayList;
import java.util.List;

/**
 * What was thrown and why, one entry a line. Our own, because a message with a line break in it
 * would otherwise begin a line of the log.
 */
final class StackTrace {
  private StackTrace() {}

  /** Empty where nothing was thrown. */
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
