package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.LongSupplier;

/** What the audit log has, and what it has not. */
public final class AuditSeries implements MultiCollector {
  private final LongSupplier written;
  private final LongSupplier leftOut;

  /**
   * @param written lines so far
   * @param leftOut calls so far that have no line
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
