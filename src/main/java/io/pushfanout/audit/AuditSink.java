package io.pushfanout.audit;

/** Takes the records of calls. Event loops call it: an implementation never blocks. */
public interface AuditSink {
  /** Takes the record of a call that has ended, or counts it as left out. */
  void add(AuditRecord call);

  /** Counts a call that has ended and of which there is no record. */
  void leaveOut();
}
