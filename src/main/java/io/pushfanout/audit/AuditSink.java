package io.pushfanout.audit;

/** A receiver of call records. Event loops call it: an implementation never blocks. */
public interface AuditSink {
  /** Takes the record of a call that has ended, or counts it as left out. */
  void add(AuditRecord call);

  /** Counts a call that has ended without a record. */
  void leaveOut();
}
