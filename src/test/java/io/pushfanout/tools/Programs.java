package io.pushfanout.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds programs that the machine has, for tests that start them. */
public final class Programs {
  /** Directories that only root has on its PATH. */
  private static final String SYSTEM = "/usr/local/sbin:/usr/sbin:/sbin";

  private Programs() {}

  /** Returns the program, if there is one of that name on the PATH. */
  public static Optional<Path> onPath(String name) {
    return in(System.getenv().getOrDefault("PATH", ""), name);
  }

  /**
   * Returns the program that stands before nodes.
   *
   * @throws IllegalStateException when there is none
   */
  public static Path nginx() {
    return onPath("nginx")
        .or(() -> in(SYSTEM, "nginx"))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "nginx is needed (on Debian: apt-get install nginx);"
                        + " there is none on the PATH"));
  }

  /**
   * Refuses to go on without a program.
   *
   * @param need the sentence's first half, which names the program's version and source
   * @throws IllegalStateException when there is none on the PATH
   */
  static void require(String name, String need) {
    if (onPath(name).isEmpty()) {
      throw new IllegalStateException("%s; there is no %s on the PATH".formatted(need, name));
    }
  }

  private static Optional<Path> in(String path, String name) {
    return Stream.of(path.split(":"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
