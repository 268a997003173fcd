package io.pushfanout.model;

/** The reason of a {@link Problem}; {@code docs/operations.md} explains each. */
public enum ProblemReason {
  // Reasons of a fanout, or of one of its nodes.
  SAVED_STATE("SavedState"),
  DISCOVERY_DEGRADED("DiscoveryDegraded"),
  DISCOVERY_REFUSED("DiscoveryRefused"),
  REMOVAL_PAUSED("RemovalPaused"),
  MALFORMED_REGISTRATION("MalformedRegistration"),
  NO_PORT("NoPort"),
  NODE_REFUSED("NodeRefused"),
  LOOP("Loop"),
  UNREACHABLE("Unreachable"),
  SLOW("Slow"),
  MEMORY_SHORT("MemoryShort"),
  TLS_PROFILE_MISSING("TlsProfileMissing"),
  FAILING("Failing"),
  FLAPPING("Flapping"),
  NO_STREAMING("NoStreaming"),
  STREAMS_UNACKNOWLEDGED("StreamsUnacknowledged"),
  INTEREST_INVALID("InterestInvalid"),
  TOO_MANY_ROOMS("TooManyRooms"),
  CONFLICT("Conflict"),

  // Reasons of the process.
  EXPOSED("Exposed"),
  KUBERNETES_DEGRADED("KubernetesDegraded"),
  OVER_SHARE("OverShare"),
  STATE_NOT_SAVED("StateNotSaved"),
  AUDIT_NOT_WRITTEN("AuditNotWritten"),
  CONFIG_NOT_RELOADED("ConfigNotReloaded"),
  TOKENS_NOT_RELOADED("TokensNotReloaded"),
  TLS_NOT_RELOADED("TlsNotReloaded");

  private final String label;

  ProblemReason(String label) {
    this.label = label;
  }

  /** Returns the name in CamelCase, for programs. */
  public String label() {
    return label;
  }
}
