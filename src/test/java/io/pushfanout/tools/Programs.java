package io.pushfanout.tools;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs installed on the machine, for tests that start them. */
public final class Programs {
  /** Directories that only root has on its PATH. */
  private static final String SYSTEM = "/usr/local/sbin:/usr/sbin:/sbin";

  private Programs() {}

  /** Returns the program of that name on the PATH, if there is one. */
  public static Optional<Path> onPath(String name) {
    return in(System.getenv().getOrDefault("PATH", ""), name);
  }

  /**
   * Returns the proxy that tests put in front of nodes.
   *
   * @throws IllegalStateException if there is none
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
   * Requires a program.
   *
   * @param need the first half of the message, which names the program's version and source
   * @throws IllegalStateException if there is none on the PATH
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
