package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.kube.Cluster;
import io.pushfanout.tools.ChildProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The time until the program is ready, and its private memory then. The bounds are generous,
 * because other tests use the processors too; bench/start measures.
 */
@ResourceLock(Cluster.SECOND)
class StartIT {
  private static final Duration READY_WITHIN = Duration.ofSeconds(10);
  private static final long MOST_MEMORY_KIB = 250 << 10;

  /** Classes that another machine, cluster or certificate may need; there were 8 and 18. */
  private static final int MOST_OTHER_CLASSES = 50;

  /** Flag with which a JVM that cannot use its cache does not start. */
  private static final String WITH = "-XX:AOTMode=on";

  private static final String WITHOUT = "-XX:AOTMode=off";

  private static final List<String> NODE = List.of("--node=127.0.0.1:1");

  /** Arguments that suppress the program's own warnings, such as those about that node. */
  private static final List<String> QUIET_NODE = List.of("--node=127.0.0.1:1", "--log-level=error");

  @RegisterExtension static final Cluster cluster = Cluster.second();

  @Test
  void theCacheOfThisBuildIsUsedAndTheServerIsReadySoon() throws IOException {
    Start with = quickest(2, WITH, Map.of(), NODE);
    Start without = quickest(1, WITHOUT, Map.of(), NODE);

    System.out.printf("StartIT: serve with the cache %s, without %s%n", with, without);
    assertThat(with.ready()).isLessThan(READY_WITHIN);
    assertThat(with.memoryKib()).isLessThan(MOST_MEMORY_KIB);
  }

  @Test
  void anOperatorIsReadySoon() throws IOException {
    Map<String, String> admin =
        Map.of("KUBECONFIG", cluster.file(cluster.server().admin()).toString());
    List<String> resources = List.of("--kubernetes", "--namespace=" + cluster.namespace());

    Start with = quickest(2, WITH, admin, resources);
    Start without = quickest(1, WITHOUT, admin, resources);

    System.out.printf("StartIT: operator with the cache %s, without %s%n", with, without);
    assertThat(with.ready()).isLessThan(READY_WITHIN);
    assertThat(with.memoryKib()).isLessThan(MOST_MEMORY_KIB);
  }

  @Test
  void aStartFindsItsClassesInTheCache() throws IOException {
    Map<String, String> admin =
        Map.of("KUBECONFIG", cluster.file(cluster.server().admin()).toString());

    assertThat(classesOutsideTheCache(Map.of(), NODE)).hasSizeLessThan(MOST_OTHER_CLASSES);
    assertThat(classesOutsideTheCache(admin, List.of("--kubernetes")))
        .hasSizeLessThan(MOST_OTHER_CLASSES);
  }

  /** Returns the lines of the classes that a start loads from a jar or from the JDK's modules. */
  private static List<String> classesOutsideTheCache(
      Map<String, String> environment, List<String> source) throws IOException {
    Path log = ChildProcess.file("classes.log");
    try (ServeProcess serve = serve(WITH + " -Xlog:class+load:file=" + log, environment, source)) {
      assertThat(serve.readyCode()).isEqualTo(200);
    }
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains(" source: file:") || line.contains(" source: jrt:"))
        .toList();
  }

  /**
   * Checks for classes from the end of the rehearsal: a rehearsal that stops earlier makes a poorer
   * cache, not none.
   */
  @Test
  void theRehearsalGetsAsFarAsTheStatusOfAResource() throws IOException {
    Path log = ChildProcess.file("classes.log");
    Map<String, String> flags =
        Map.of("PUSHFANOUT_JAVA_OPTS", WITH + " -Xlog:class+load:file=" + log);
    try (ChildProcess version = ServeProcess.launch(flags, List.of("--version"))) {
      assertThat(version.awaitExit(Duration.ofSeconds(60))).isZero();
    }

    assertThat(Files.readString(log))
        .contains(
            " io.pushfanout.operator.AggregatedStatus$Verdict source: shared objects file",
            " io.pushfanout.node.WebSocketClient source: shared objects file");
  }

  @Test
  void aCacheThatDoesNotFitIsIgnoredWithoutAWarning(@TempDir Path dir) throws IOException {
    PreparedClasses.make();
    Path half = Files.copy(PreparedClasses.CACHE, dir.resolve("half.aot"));
    try (RandomAccessFile file = new RandomAccessFile(half.toFile(), "rw")) {
      file.setLength(Files.size(half) / 2);
    }
    List<String> misfits =
        List.of(
            "-XX:AOTCache=" + half,
            "-XX:AOTCache=" + dir.resolve("none.aot"),
            // A flag that differs from those of the cache's JVM.
            "-XX:+UseCompactObjectHeaders");

    for (String flag : misfits) {
      try (ServeProcess serve = serve(flag, Map.of(), QUIET_NODE)) {
        assertThat(serve.stderr()).as(flag).startsWith("pushfanout: listening ");
      }
    }
  }

  /** Returns the quickest of some starts, because the machine runs other tests too. */
  private static Start quickest(
      int starts, String flag, Map<String, String> environment, List<String> source)
      throws IOException {
    List<Start> measured = new ArrayList<>();
    PreparedClasses.make();
    for (int i = 0; i < starts; i++) {
      long began = System.nanoTime();
      try (ServeProcess serve = serve(flag, environment, source)) {
        Duration ready = Duration.ofNanos(System.nanoTime() - began);
        measured.add(new Start(ready, memory(serve.pid())));
      }
    }
    return Collections.min(measured);
  }

  private static ServeProcess serve(
      String flag, Map<String, String> environment, List<String> source) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--grpc-port=0", "--http-port=0"));
    arguments.addAll(source);
    Map<String, String> all = new HashMap<>(environment);
    all.put("PUSHFANOUT_JAVA_OPTS", flag);
    return ServeProcess.ready(ServeProcess.launch(all, arguments));
  }

  /** Returns the anonymous memory in KiB: the heap and all else that is no mapped file. */
  private static long memory(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid))).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .flatMap(line -> Arrays.stream(line.split("\\s+")).skip(1).limit(1))
        .mapToLong(Long::parseLong)
        .sum();
  }

  /** One start, with the time from the call of bin/pushfanout. */
  private record Start(Duration ready, long memoryKib) implements Comparable<Start> {
    @Override
    public int compareTo(Start other) {
      return ready.compareTo(other.ready);
    }

    @Override
    public String toString() {
      return "%d ms and %d MiB".formatted(ready.toMillis(), memoryKib >> 10);
    }
  }
}
