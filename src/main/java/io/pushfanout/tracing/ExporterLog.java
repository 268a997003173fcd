package io.pushfanout.tracing;

import io.pushfanout.text.Causes;
import java.util.List;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log lines of OpenTelemetry's exporters, in one line each and without a stack trace. The
 * exporters write one line a minute at most, after the first five.
 */
final class ExporterLog {
  private static final Logger log = LoggerFactory.getLogger(ExporterLog.class);

  /** The exporters' loggers, which would lose their filters if nothing held them. */
  private static final List<java.util.logging.Logger> EXPORTERS =
      Stream.of("HttpExporter", "GrpcExporter")
          .map(name -> "io.opentelemetry.exporter.otlp.internal." + name)
          .map(java.util.logging.Logger::getLogger)
          .toList();

  private ExporterLog() {}

  static void install() {
    EXPORTERS.forEach(exporter -> exporter.setFilter(ExporterLog::write));
  }

  /** Writes the line. Returns false: nothing else does. */
  private static boolean write(LogRecord line) {
    Throwable cause = line.getThrown();
    String message = line.getMessage().strip();
    log.warn("spans are lost: {}{}", message, cause == null ? "" : " " + Causes.text(cause));
    return false;
  }
}
