package io.pushfanout.app;

import java.util.Objects;

/** Which version of the program this is. */
final class Version {
  private Version() {}

  /** Of the jar; classes that were never packaged have none. */
  static String current() {
    return Objects.requireNonNullElse(
        Main.class.getPackage().getImplementationVersion(), "(unpackaged)");
  }
}
