package io.pushfanout.conformance;

import java.util.Locale;

/** A service that a connect-node may leave out. */
public enum OptionalService {
  DELIVERY("pushfanout.v1.Delivery"),
  INTEREST("pushfanout.v1.Interest");

  private final String fullName;

  OptionalService(String fullName) {
    this.fullName = fullName;
  }

  /** Returns the service's name in gRPC. */
  String fullName() {
    return fullName;
  }

  /** Returns the name in lower case, as users type it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
