package io.pushfanout.app;

import java.util.Objects;

/** The version of the program. */
public final class Version {
  private Version() {}

  /** Returns the version of the jar; unpackaged classes have none. */
  public static String current() {
    return Objects.requireNonNullElse(
        Version.class.getPackage().getImplementationVersion(), "(unpackaged)");
  }
}
