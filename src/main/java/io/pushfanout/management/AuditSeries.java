package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.LongSupplier;

/** The series of the audit log: written lines, and calls without a line. */
public final class AuditSeries implements MultiCollector {
  private final LongSupplier written;
  private final LongSupplier leftOut;

  /**
   * @param written number of lines so far
   * @param leftOut number of calls without a line so far
   */
  public AuditSeries(LongSupplier written, LongSupplier leftOut) {
    this.written = written;
    this.leftOut = leftOut;
  }

  @Override
  public MetricSnapshots collect() {
    return new MetricSnapshots(
        CounterFamily.of(
            "pushfanout_audit_lines",
            "Lines written to the audit log, those about gaps included",
            written.getAsLong()),
        CounterFamily.of(
            "pushfanout_audit_left_out",
            "Broadcast calls without a line in the audit log",
            leftOut.getAsLong()));
  }
}
