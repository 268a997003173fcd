package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.kube.Cluster;
import io.pushfanout.kube.KubeConfig;
import io.pushfanout.node.Browser;
import io.pushfanout.tools.ChildProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The image that the Dockerfile makes of this build, on the runtime that the build links. */
@ResourceLock(Cluster.LOCK)
class PackagedImageIT {
  /**
   * Modules for uses of libraries that PushFanout does not need; each is optional to its library.
   */
  private static final Set<String> NOT_NEEDED =
      Set.of(
          "java.compiler", // Vert.x: deploys sources
          "java.desktop", // logback's XML configuration, Jackson: beans
          "java.sql"); // Gson, Jackson: SQL's dates

  private static final String PROGRAM = "/opt/pushfanout";
  private static final String JAVA = PROGRAM + "/java";
  private static final String CACHE = PROGRAM + "/pushfanout.aot";

  @RegisterExtension static final Cluster cluster = new Cluster();

  @TempDir static Path dir;
  private static ImageRoot image;

  @BeforeAll
  static void follow() throws Exception {
    image = ImageRoot.build(ImageRecipe.read(), dir);
    System.out.printf(
        "PackagedImageIT: runtime %d MiB, program %d MiB, of it %d MiB the cache%n",
        image.size(JAVA) >> 20,
        (image.size(PROGRAM) - image.size(JAVA)) >> 20,
        image.size(CACHE) >> 20);
  }

  @Test
  void servesAsItsOwnUserAndStopsOnASignal() throws Exception {
    try (PeerNodes nodes = PeerNodes.start(1);
        ServeProcess serve =
            ServeProcess.ready(
                image.run(
                    Map.of(),
                    List.of(
                        "serve", "--grpc-port=0", "--http-port=0", "--node", nodes.address(0))))) {
      assertThat(serve.stderr()).as("no warnings of the JVM").startsWith("pushfanout: listening ");
      if (ImageRoot.isRoot()) {
        String uid = image.user().getFirst();
        assertThat(Files.readString(Path.of("/proc/%d/status".formatted(serve.pid()))))
            .contains("\nUid:\t" + uid + "\t" + uid);
      }
      serve.awaitNodes("connected", NodeStatus::isConnected);

      assertThat(PeerCalls.to(serve).firstId(7).sendOne().outcome()).isEqualTo("OK 1/1");

      serve.terminate();
      assertThat(serve.awaitExit(Duration.ofSeconds(20))).isZero();
      assertThat(nodes.record(0).ids()).containsExactly(7);
    }
  }

  @Test
  void servesTheResourcesOfACluster() throws Exception {
    KubeConfig account = cluster.createServiceAccount("server");
    cluster
        .kubectl()
        .run(
            "create",
            "rolebinding",
            "server",
            "--clusterrole=cluster-admin",
            "--serviceaccount=" + cluster.namespace() + ":server",
            "--namespace=" + cluster.namespace())
        .ok();
    try (PeerNodes nodes = PeerNodes.start(1)) {
      cluster.kubectl().runWith(fanoutOf(nodes.address(0)), "apply", "-f", "-").ok();
      Map<String, String> variables =
          Map.of("KUBECONFIG", readable(account).toString(), "POD_NAME", "one");
      List<String> arguments =
          List.of(
              "serve",
              "--grpc-port=0",
              "--http-port=0",
              "--kubernetes",
              "--namespace=" + cluster.namespace());
      try (ServeProcess serve = ServeProcess.ready(image.run(variables, arguments))) {
        serve.awaitNodes("connected", NodeStatus::isConnected);
        assertThat(PeerCalls.to(serve).sendOne().outcome()).isEqualTo("OK 1/1");
        cluster
            .kubectl()
            .run(
                "wait",
                "pushfanout/image",
                "--for=condition=Ready",
                "--timeout=30s",
                "--namespace=" + cluster.namespace())
            .ok();
        serve.terminate();
        assertThat(serve.awaitExit(Duration.ofSeconds(20))).isZero();
        assertThat(serve.stderr()).doesNotContain("NoClassDefFoundError", "ClassNotFound");
      }
    }
  }

  private static String fanoutOf(String node) {
    return """
    apiVersion: pushfanout.io/v1alpha1
    kind: PushFanout
    metadata: {name: image, namespace: %s}
    spec: {discovery: {static: {nodes: ["%s"]}}}
    """
        .formatted(cluster.namespace(), node);
  }

  /**
   * Returns a kubeconfig that the image's user can read, with a copy of the server's certificate.
   */
  private static Path readable(KubeConfig config) throws IOException {
    Path authority = Files.copy(config.authority(), dir.resolve("ca.crt"));
    String yaml = Files.readString(cluster.file(config));
    Path file = Files.createFile(dir.resolve("kubeconfig"));
    return Files.writeString(
        file, yaml.replace(config.authority().toAbsolutePath().toString(), authority.toString()));
  }

  @Test
  void knowsItsVersion() {
    try (ChildProcess version = image.run(Map.of(), List.of("--version"))) {
      assertThat(version.awaitExit(Duration.ofSeconds(30))).isZero();
      assertThat(version.stdout()).matches("pushfanout [0-9]+\\.[0-9]+\\.[0-9]+\\S*\n");
      assertThat(version.stderr()).isEmpty();
    }
  }

  @Test
  void itsCacheOfPreparedClassesIsUsed() {
    // A start without the cache fails in this mode.
    Map<String, String> required = Map.of("JDK_JAVA_OPTIONS", "-XX:AOTMode=on");
    try (ChildProcess version = image.run(required, List.of("--version"))) {
      assertThat(version.awaitExit(Duration.ofSeconds(30))).as(version.toString()).isZero();
    }
  }

  @Test
  void aStrangerHasTheFirstMessageInABrowserWithinAMinute(@TempDir Path stranger) throws Exception {
    Path archive = Release.make(image.file(PROGRAM), stranger.resolve("release")).archive();
    Path folder = Files.createDirectory(stranger.resolve("My Downloads"));
    long since = System.nanoTime();
    Unpacked unpacked = Unpacked.from(archive, folder);

    try (ChildProcess demo = unpacked.start("demo", "--grpc-port=0", "--http-port=0")) {
      String page = unpacked.awaitPage(demo);
      assertThat(ProcessHandle.of(demo.pid()).flatMap(process -> process.info().command()))
          .as("the Java that runs it")
          .hasValue(unpacked.folder().resolve("java/bin/java").toRealPath().toString());
      try (Browser browser = Browser.orSkip()) {
        browser.open(page);
        awaitCount(browser, ".state.open", 3);
        browser.evaluate("document.querySelector('#send-body').value = 'hello, stranger'");
        browser.evaluate("document.querySelector('#sending').requestSubmit()");
        awaitCount(browser, ".body", 3);
        assertThat(browser.evaluate("document.querySelector('.body').textContent"))
            .isEqualTo("hello, stranger");
      }
    }

    Duration took = Duration.ofNanos(System.nanoTime() - since);
    System.out.printf("PackagedImageIT: a stranger's first message took %d ms%n", took.toMillis());
    assertThat(took).isLessThan(Duration.ofMinutes(1));
  }

  private static void awaitCount(Browser browser, String selector, int count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> browser.evaluate("document.querySelectorAll('" + selector + "').length"),
            found -> found.equals(count));
  }

  @Test
  void itsUserIsANumberThatIsNotRoot() {
    assertThat(image.user()).hasSize(2).allMatch(number -> number.matches("[1-9][0-9]*"));
  }

  @Test
  void theRuntimeHasEveryModuleThatTheProgramAndItsLibrariesName() throws Exception {
    Set<String> wanted = new TreeSet<>(jdeps());
    wanted.removeAll(NOT_NEEDED);

    assertThat(wanted).contains("java.base", "java.logging");
    assertThat(ImageRecipe.modules()).containsAll(wanted);
  }

  /** Returns the modules of the JDK that any of the jars names. */
  private static Set<String> jdeps() throws IOException, InterruptedException {
    Process jdeps =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jdeps").toString(),
                "--ignore-missing-deps",
                "--multi-release=25",
                "--recursive",
                "-summary",
                "--class-path=target/lib/*",
                "target/pushfanout.jar")
            .redirectErrorStream(true)
            .start();
    String said = new String(jdeps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jdeps.waitFor()).as(said).isZero();
    return Arrays.stream(said.split("\n"))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .filter(name -> name.startsWith("java.") || name.startsWith("jdk."))
        .collect(Collectors.toSet());
  }
}
