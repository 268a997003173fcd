package io.pushfanout.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** A collector of the warnings of gRPC (java.util.logging) and of all other code (SLF4J). */
public final class LogWatch implements AutoCloseable {
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final Logger julRoot = Logger.getLogger("");
  private final ch.qos.logback.classic.Logger root =
      (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("ROOT");

  private final Handler julHandler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          if (line.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue()) {
            problems.add(line.getLoggerName() + ": " + line.getMessage() + " " + line.getThrown());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getLevel().isGreaterOrEqual(Level.WARN)) {
            problems.add(line.toString());
          }
        }
      };

  public LogWatch() {
    julRoot.addHandler(julHandler);
    appender.start();
    root.addAppender(appender);
  }

  public List<String> problems() {
    return problems;
  }

  @Override
  public void close() {
    julRoot.removeHandler(julHandler);
    root.detachAppender(appender);
  }
}
