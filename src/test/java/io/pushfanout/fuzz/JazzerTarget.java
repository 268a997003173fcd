package io.pushfanout.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The class that Jazzer calls, in a process that {@link LongFuzz} starts. */
public final class JazzerTarget {
  private static @Nullable FuzzTarget target;

  private JazzerTarget() {}

  /**
   * Chooses the target, and loads its classes: otherwise the first input would count as a slow one.
   */
  public static void fuzzerInitialize() throws Exception {
    FuzzTarget named = FuzzTargets.named(System.getProperty("pushfanout.fuzz.target", ""));
    for (Path seed : Seeds.of(named)) {
      named.take(Files.readAllBytes(seed));
    }
    target = named;
  }

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Objects.requireNonNull(target).take(input);
  }
}
