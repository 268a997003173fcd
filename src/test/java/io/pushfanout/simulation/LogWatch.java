package io.pushfanout.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.pushfanout.model.NodeAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * An appender that reads the log of one history at a time, in place of every other appender. Lines
 * of other threads belong to tests that run beside it.
 */
public final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final int MOST_LINES = 10;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final List<String> LOGGERS = List.of("io.pushfanout", "io.netty");

  private final Map<String, Level> levels = new HashMap<>();
  private final Map<NodeAddress, Deque<Long>> lines = new HashMap<>();
  private @Nullable Scheduler scheduler;
  private @Nullable Thread thread;
  private boolean bounded;

  /** The first violation; a logging call must not throw it. */
  private @Nullable Violation found;

  public LogWatch() {
    start();
    for (String name : LOGGERS) {
      Logger logger = (Logger) LoggerFactory.getLogger(name);
      if (logger.getLevel() != null) {
        levels.put(name, logger.getLevel());
      }
      logger.setLevel(Level.INFO);
      logger.setAdditive(false);
      logger.addAppender(this);
    }
  }

  @Override
  public void close() {
    for (String name : LOGGERS) {
      Logger logger = (Logger) LoggerFactory.getLogger(name);
      logger.detachAppender(this);
      logger.setAdditive(true);
      logger.setLevel(levels.get(name));
    }
  }

  /**
   * @param linesAreBounded whether lines about a node are counted
   */
  void begin(Scheduler of, boolean linesAreBounded) {
    scheduler = of;
    thread = Thread.currentThread();
    bounded = linesAreBounded;
    lines.clear();
    found = null;
  }

  void check() {
    if (found != null) {
      throw found;
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    Scheduler now = scheduler;
    if (now == null || found != null || !Thread.currentThread().equals(thread)) {
      return;
    }
    Throwable thrown =
        event.getThrowableProxy() instanceof ThrowableProxy proxy ? proxy.getThrowable() : null;
    if (thrown instanceof Violation violation) {
      found = violation;
    } else if (thrown != null ? !isInjected(thrown) : event.getLevel() == Level.ERROR) {
      found =
          new Violation(
              Invariant.NOTHING_IS_THROWN, event.getFormattedMessage() + " " + stack(thrown));
    }
    Object[] arguments = event.getArgumentArray();
    if (arguments != null && arguments.length > 0 && arguments[0] instanceof NodeAddress node) {
      Deque<Long> times = lines.computeIfAbsent(node, _ -> new ArrayDeque<>());
      times.add(now.elapsed());
      while (times.element() < now.elapsed() - WINDOW_NANOS) {
        times.remove();
      }
      if (bounded && times.size() > MOST_LINES) {
        found =
            new Violation(
                Invariant.LOG_IS_BOUNDED,
                "%d lines within 20 s, the last: %s"
                    .formatted(times.size(), event.getFormattedMessage()));
      }
    }
  }

  /** Returns whether a history has thrown the exception on purpose. */
  static boolean isInjected(@Nullable Throwable thrown) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      if (e instanceof CountingAllocator.NoMemory) {
        return true;
      }
    }
    return false;
  }

  static String stack(@Nullable Throwable thrown) {
    if (thrown == null) {
      return "";
    }
    StringBuilder text = new StringBuilder(thrown.toString());
    StackTraceElement[] frames = thrown.getStackTrace();
    for (int i = 0; i < Math.min(8, frames.length); i++) {
      text.append("\n      at ").append(frames[i]);
    }
    return text.toString();
  }
}
