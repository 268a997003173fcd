package io.pushfanout.model;

import java.util.Locale;

/** Why a caller's TLS handshake came to nothing, as the server sees it. */
public enum HandshakeProblem {
  /** What came is no TLS. */
  NOT_TLS,
  /** The caller shows no certificate, and has to. */
  NO_CERTIFICATE,
  /**
   * The caller's certificate is of no authority that is trusted here, has expired, or is broken.
   */
  BAD_CERTIFICATE,
  /** The caller says no, such as to the server's certificate. */
  REFUSED,
  /** No version, cipher or protocol is common to both. */
  NOTHING_IN_COMMON,
  /** The caller left, or took too long. */
  GAVE_UP,
  /** Anything else. */
  OTHER;

  /** As a label of a metric. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
