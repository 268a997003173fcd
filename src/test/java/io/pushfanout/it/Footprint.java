package io.pushfanout.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The resources that a server holds at one moment, after a full garbage collection.
 *
 * @param heap bytes of live objects
 * @param direct bytes of Netty's direct memory
 * @param files descriptors
 * @param series of {@code /metrics} without those of the JVM, which vary with its collector
 * @param resident bytes, for readers only: the JVM returns little memory
 * @param classes bytes of live objects by their class
 */
record Footprint(
    long heap,
    long direct,
    long threads,
    long files,
    long series,
    long resident,
    Map<String, Long> classes) {

  static final String HEADER = "%-24s %10s %11s %8s %6s %7s %13s";
  private static final Pattern STATUS = Pattern.compile("(\\w+):\\s+(\\d+).*");
  private static final Pattern CLASS = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");
  private static final double MIB = 1 << 20;

  static Footprint of(ServeProcess serve) {
    // The histogram counts the objects that survive a full collection.
    Map<String, Long> classes =
        matches(CLASS, jcmd(serve.pid(), "GC.class_histogram").lines())
            .collect(Collectors.toMap(m -> m.group(2), m -> Long.valueOf(m.group(1)), Long::sum));
    Scrape metrics = serve.metrics();
    Path process = Path.of("/proc", Long.toString(serve.pid()));
    Map<String, Long> status =
        matches(STATUS, read(process.resolve("status")).lines())
            .collect(Collectors.toMap(m -> m.group(1), m -> Long.valueOf(m.group(2))));
    return new Footprint(
        classes.values().stream().mapToLong(bytes -> bytes).sum(),
        metrics.sum("netty_direct_memory_used_bytes", Map.of()),
        Objects.requireNonNull(status.get("Threads")),
        count(process.resolve("fd")),
        metrics.samples().stream().filter(s -> !s.name().startsWith("jvm_")).count(),
        Objects.requireNonNull(status.get("VmRSS")) << 10,
        classes);
  }

  /**
   * Returns the upper bounds within which a footprint counts as equal to this one. A leak of a
   * kilobyte a node exceeds them after 10,000 nodes.
   */
  Footprint andSome() {
    return new Footprint(
        heap + heap / 10 + (2 << 20),
        direct + direct / 10 + (4 << 20),
        threads + 2,
        files + 8,
        // Room for codes and reasons that occur for the first time.
        series + 8,
        resident,
        Map.of());
  }

  boolean isWithin(Footprint most) {
    return heap <= most.heap
        && direct <= most.direct
        && threads <= most.threads
        && files <= most.files
        && series <= most.series;
  }

  /** Returns the classes that have grown most since then, to find a leak. */
  List<String> growthSince(Footprint before) {
    return classes.entrySet().stream()
        .map(
            now ->
                Map.entry(
                    now.getKey(), now.getValue() - before.classes.getOrDefault(now.getKey(), 0L)))
        .sorted(Comparator.comparing(Map.Entry<String, Long>::getValue).reversed())
        .limit(15)
        .map(growth -> "%s %+d bytes".formatted(growth.getKey(), growth.getValue()))
        .toList();
  }

  static String header() {
    return HEADER.formatted(
        "", "heap MiB", "direct MiB", "threads", "files", "series", "resident MiB");
  }

  String row(String when) {
    return "%-24s %10.2f %11.2f %8d %6d %7d %13.0f"
        .formatted(when, heap / MIB, direct / MIB, threads, files, series, resident / MIB);
  }

  private static Stream<Matcher> matches(Pattern pattern, Stream<String> lines) {
    return lines.map(pattern::matcher).filter(Matcher::matches);
  }

  private static long count(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jcmd(long pid, String command) {
    try {
      Process run =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(pid),
                  command)
              .redirectErrorStream(true)
              .start();
      return new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
