package io.pushfanout.discovery;

import io.pushfanout.tools.GoTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An etcd for tests: the one of {@link GoTool}; else, without Go, one on the PATH, 3.4 or later.
 */
final class EtcdBinary {
  private static final Pattern SAID = Pattern.compile("etcd Version: (\\d+)\\.(\\d+)\\.");
  private static final Map<String, String> ENVIRONMENT = System.getenv();

  private EtcdBinary() {}

  /** The program; found or built by the first that asks. */
  static Path program() {
    return Found.PROGRAM;
  }

  private static final class Found {
    static final Path PROGRAM = find();
  }

  private static Path find() {
    try {
      return GoTool.ETCD.path();
    } catch (IllegalStateException notBuilt) {
      return onPath().orElseThrow(() -> notBuilt);
    }
  }

  private static Optional<Path> onPath() {
    return Stream.of(ENVIRONMENT.getOrDefault("PATH", "").split(":"))
        .map(dir -> Path.of(dir, "etcd"))
        .filter(Files::isExecutable)
        .filter(EtcdBinary::isNewEnough)
        .findFirst();
  }

  private static boolean isNewEnough(Path program) {
    try {
      Process version =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      try {
        version.getOutputStream().close();
        Matcher said =
            SAID.matcher(
                new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        return said.find()
            && Integer.parseInt(said.group(1)) * 1000 + Integer.parseInt(said.group(2)) >= 3004;
      } finally {
        version.destroyForcibly();
      }
    } catch (IOException _) {
      return false;
    }
  }
}
