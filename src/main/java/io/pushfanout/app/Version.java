package io.pushfanout.app;

import java.util.Objects;

/** Which version of the program this is. */
public final class Version {
  private Version() {}

  /** Of the jar; classes that were never packaged have none. */
  public static String current() {
    return Objects.requireNonNullElse(
        Version.class.getPackage().getImplementationVersion(), "(unpackaged)");
  }
}
