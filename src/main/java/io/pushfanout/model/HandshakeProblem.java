package io.pushfanout.model;

import java.util.Locale;

/** The cause of a failed TLS handshake with a caller, as seen by the server. */
public enum HandshakeProblem {
  /** The received bytes are not TLS. */
  NOT_TLS,
  /** The caller presents no certificate, and one is required. */
  NO_CERTIFICATE,
  /** The caller's certificate is not signed by a trusted CA, has expired, or is malformed. */
  BAD_CERTIFICATE,
  /** The caller rejects the handshake, for example the server's certificate. */
  REFUSED,
  /** The two sides have no version, cipher or protocol in common. */
  NOTHING_IN_COMMON,
  /** The caller closed the connection, or timed out. */
  GAVE_UP,
  /** Another cause. */
  OTHER;

  /** Returns the value of the metrics' label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
