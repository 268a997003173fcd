package io.pushfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Integration tests run side by side: who uses what they share says so. */
class ParallelTestsTest {
  private static final Path TESTS = Path.of("src", "test", "java");

  /** What uses it, and the lock. */
  static final List<Map.Entry<String, String>> locks =
      List.of(
          Map.entry("new Cluster()", "@ResourceLock(Cluster.LOCK)"),
          Map.entry("Cluster.second()", "@ResourceLock(Cluster.SECOND)"),
          Map.entry("new EtcdDiscovery(", "@ResourceLock(EtcdServer.CLIENTS)"),
          Map.entry("new EtcdRegistration(", "@ResourceLock(EtcdServer.CLIENTS)"),
          Map.entry("keepRegistered(", "@ResourceLock(EtcdServer.CLIENTS)"));

  @ParameterizedTest
  @FieldSource("locks")
  void eachUserHasTheLock(Map.Entry<String, String> lock) throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      List<Path> users =
          files
              .filter(file -> file.toString().endsWith("IT.java"))
              .filter(file -> read(file).contains(lock.getKey()))
              .toList();

      assertThat(users).isNotEmpty().allMatch(file -> read(file).contains(lock.getValue()));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
