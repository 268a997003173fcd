package io.pushfanout.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The configuration of Logback, which logs to stderr. Logback finds this class as a service, so
 * that lines logged before the command line is parsed, and in every test, already have our format;
 * without it such lines would go to stdout.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static volatile LogFormat format = LogFormat.TEXT;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    apply(context, LogLevel.INFO, LogFormat.TEXT);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Returns the format of the process, for lines that commands print beside the log. */
  public static LogFormat format() {
    return format;
  }

  public static void configure(LogLevel level, LogFormat format) {
    Logging.format = format;
    apply((LoggerContext) LoggerFactory.getILoggerFactory(), level, format);
  }

  private static void apply(LoggerContext context, LogLevel level, LogFormat format) {
    context.reset();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(format.layout());
    encoder.start();
    ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
    stderr.setContext(context);
    stderr.setTarget("System.err");
    stderr.setEncoder(encoder);
    stderr.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(stderr);
    root.setLevel(level.libraries());
    context.getLogger("io.pushfanout").setLevel(level.ours());
    // NettyServerHandler warns with a stack trace of each reply to a caller that left, and of
    // malformed frames; NettyServerStream warns of each malformed message. Callers must not be able
    // to fill the log.
    context.getLogger("io.grpc.netty.NettyServerHandler").setLevel(Level.ERROR);
    // Jetcd warns of each failed call; our own classes log an outage once.
    context.getLogger("io.etcd.jetcd").setLevel(Level.OFF);
    context.getLogger("io.grpc.netty.NettyServerStream").setLevel(Level.ERROR);
    // These log each attempt with a stack trace while the API server is unavailable; our own
    // classes log the outage once.
    context.getLogger("io.fabric8.kubernetes.client").setLevel(Level.ERROR);
    context.getLogger("io.fabric8.kubernetes.client.informers").setLevel(Level.OFF);
    context.getLogger("io.javaoperatorsdk").setLevel(Level.OFF);
    bridgeJavaUtilLogging();
  }

  /**
   * Routes java.util.logging, which gRPC and Guava use, to Logback; its own handler would write to
   * stderr in another format.
   */
  private static void bridgeJavaUtilLogging() {
    if (!SLF4JBridgeHandler.isInstalled()) {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
  }
}
