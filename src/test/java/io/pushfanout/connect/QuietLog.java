package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Holds that a test logs no warning, ours or Netty's, such as of a leaked buffer: a node's fault is
 * no reason for a warning.
 */
final class QuietLog implements BeforeEachCallback, AfterEachCallback {
  private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

  private final AppenderBase<ILoggingEvent> ear =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getLevel().isGreaterOrEqual(Level.WARN)) {
            complaints.add(line.toString());
          }
        }
      };

  List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    ear.start();
    root.addAppender(ear);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    root.detachAppender(ear);
    assertThat(complaints()).isEmpty();
  }
}
