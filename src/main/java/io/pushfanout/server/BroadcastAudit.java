package io.pushfanout.server;

import io.pushfanout.audit.AuditSink;
import io.pushfanout.auth.Rates;
import io.pushfanout.server.guard.CallMetadata;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** An audit of a server's broadcast calls: a record for each call that ends, within a rate. */
final class BroadcastAudit {
  /**
   * Refused and cancelled calls of one address that get a line in a second, so that a flood of them
   * fills no disk.
   */
  static final int REFUSALS_PER_SECOND = 1000;

  private final AuditSink sink;
  private final InstantSource clock;
  private final Rates refusals;

  BroadcastAudit(AuditSink sink, InstantSource clock, LongSupplier nanoClock) {
    this.sink = sink;
    this.clock = clock;
    this.refusals = new Rates(REFUSALS_PER_SECOND, REFUSALS_PER_SECOND, nanoClock);
  }

  /** Returns the audit of a call that begins. */
  CallAudit begin(String method, CallMetadata metadata) {
    return new CallAudit(method, metadata, this::ended);
  }

  private void ended(CallAudit call) {
    if (call.isAnswered() || refusals.takeOrWait(call.peer()).isZero()) {
      sink.add(call.record(clock.millis()));
    } else {
      sink.leaveOut();
    }
  }
}
