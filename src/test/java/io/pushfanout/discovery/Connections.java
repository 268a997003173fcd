package io.pushfanout.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The TCP connections of this machine, read from Linux's tables. */
final class Connections {
  private static final String ESTABLISHED = "01";

  private Connections() {}

  /** Returns the number of clients that are connected to a port of loopback. */
  static long to(int port) {
    String remote = String.format(Locale.ROOT, ":%04X", port);
    return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
        .flatMap(table -> lines(Path.of(table)).stream())
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> columns[2].endsWith(remote) && columns[3].equals(ESTABLISHED))
        .count();
  }

  private static List<String> lines(Path table) {
    try {
      return Files.exists(table) ? Files.readAllLines(table) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
