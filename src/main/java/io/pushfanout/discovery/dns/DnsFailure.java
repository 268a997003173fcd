package io.pushfanout.discovery.dns;

/** The failure of a query at all name servers; the message is one short line. */
final class DnsFailure extends Exception {
  /** The kinds of failures, as far as the way to go on differs. */
  enum Kind {
    /** The silence of all servers. */
    TIMEOUT,
    /** The servers fail for this name; another name may have an answer. */
    SERVFAIL,
    OTHER
  }

  private final Kind kind;

  DnsFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }
}
