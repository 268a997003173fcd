package io.pushfanout.app;

import io.pushfanout.audit.AuditFile;
import io.pushfanout.audit.AuditLog;
import io.pushfanout.audit.AuditOutput;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.management.AuditSeries;
import io.pushfanout.management.Metrics;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.options.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The audit log of a server, if it has one. */
public final class AuditPart {
  public static final String FLAG = "--audit-log";

  /** The path that stands for the standard output. */
  public static final Path STDOUT = Path.of("-");

  private final @Nullable AuditLog log;

  private AuditPart(@Nullable AuditLog log) {
    this.log = log;
  }

  /**
   * Opens the log and starts its writer, which goes into the stop order.
   *
   * @param path null: there is no audit log
   * @throws UsageException when the file cannot be opened
   */
  static AuditPart start(@Nullable Path path, Metrics metrics, ShutdownSequence stopOrder) {
    if (path == null) {
      return new AuditPart(null);
    }
    AuditLog log = new AuditLog(output(path), InstantSource.system(), System::nanoTime);
    stopOrder.push("audit log", log::close);
    log.start();
    metrics.register(new AuditSeries(log::written, log::leftOut));
    return new AuditPart(log);
  }

  private static AuditOutput output(Path path) {
    if (path.equals(STDOUT)) {
      return AuditOutput.stdout();
    }
    try {
      return AuditFile.open(path);
    } catch (IOException e) {
      throw new UsageException(FLAG, path.toString(), String.valueOf(e.getMessage()));
    }
  }

  /** Returns the sink for records of calls; null if there is no audit log. */
  @Nullable AuditSink sink() {
    return log;
  }

  /** Returns the problem for the status if the log cannot be written. */
  List<Problem> problems() {
    return Optional.ofNullable(log).flatMap(AuditLog::problem).stream()
        .map(
            why ->
                new Problem(
                    "", ProblemReason.AUDIT_NOT_WRITTEN, FLAG + " cannot be written: " + why))
        .toList();
  }
}
