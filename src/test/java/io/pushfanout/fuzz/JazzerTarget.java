package io.pushfanout.fuzz;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Jazzer calls: {@link FuzzRun} starts it in a process of its own. */
public final class JazzerTarget {
  private static @Nullable FuzzTarget target;

  private JazzerTarget() {}

  /** Jazzer hands over the arguments of its own command line. */
  public static void fuzzerInitialize() {
    target = FuzzTargets.named(System.getProperty("pushfanout.fuzz.target", ""));
  }

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Objects.requireNonNull(target).take(input);
  }
}
