package io.pushfanout.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Jazzer calls: {@link FuzzRun} starts it in a process of its own. */
public final class JazzerTarget {
  private static @Nullable FuzzTarget target;

  private JazzerTarget() {}

  /** Also loads the classes, so that the first input is not taken for a slow one. */
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
