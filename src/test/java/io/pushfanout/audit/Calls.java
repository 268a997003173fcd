package io.pushfanout.audit;

import java.net.InetAddress;

/** Records for tests. */
final class Calls {
  private Calls() {}

  /** Returns a call that the queues took, with this id. */
  static AuditRecord taken(String id) {
    return call(id, "ok", true);
  }

  /** Returns a call that was refused, with this id. */
  static AuditRecord refused(String id) {
    return call(id, "unauthorized", false);
  }

  private static AuditRecord call(String id, String outcome, boolean answered) {
    return new AuditRecord(
        1_700_000_000_007L,
        "token:billing",
        InetAddress.getLoopbackAddress(),
        "BroadcastToRoom",
        "prod/chat",
        "lobby",
        17L,
        outcome,
        answered ? "OK" : "PERMISSION_DENIED",
        id,
        answered ? null : "no right",
        answered);
  }
}
