package io.pushfanout.tools;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** The log lines of one class during a test; a field with {@code @RegisterExtension}. */
public final class LoggedLines implements BeforeEachCallback, AfterEachCallback {
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger;

  public LoggedLines(Class<?> of) {
    logger = (Logger) LoggerFactory.getLogger(of);
  }

  /** Returns each line as its level and its message. */
  public List<String> all() {
    return lines.list.stream()
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .toList();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    lines.start();
    logger.addAppender(lines);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    logger.detachAppender(lines);
  }
}
