package io.pushfanout.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkout with {@code bin/pushfanout}, and with a JDK and a Maven that only print how the
 * launcher called them.
 */
final class FakeCheckout {
  private static final String MAVEN =
      """
      #!/bin/sh
      echo built >> "$BUILDS"
      cat >> "$BUILDS.stdin"
      sleep 0.2
      mkdir -p target/lib
      touch target/pushfanout.jar
      """;

  private final Path dir;
  private final Path home;
  private final Map<String, String> environment = new HashMap<>();

  FakeCheckout(Path dir) throws IOException {
    this.dir = dir;
    home = Files.createDirectories(dir.resolve("check out"));
    for (String script : List.of("bin/pushfanout", "bin/common.sh", "bin/aot-cache")) {
      executable(home.resolve(script), Files.readString(Path.of(script)));
    }
    Files.createDirectories(home.resolve("src/main"));
    Files.createDirectories(home.resolve("proto"));
    Files.writeString(home.resolve("pom.xml"), "");
    maven(MAVEN);
    set("PATH", dir.resolve("path") + ":/usr/bin:/bin");
    set("BUILDS", buildLog().toString());
    set("PUSHFANOUT_JAVA_HOME", jdk("jdk 25", "25.0.1").toString());
    set("PUSHFANOUT_JAVA_OPTS", "");
    set("PUSHFANOUT_BUILD", "");
    set("HOME", dir.toString());
    set("MAVEN_OPTS", "");
    for (String proxy : List.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")) {
      set(proxy, "");
    }
  }

  Path file(String name) {
    return home.resolve(name);
  }

  /** Returns the path in the form that the launcher prints. */
  String realPath(String name) throws IOException {
    return home.toRealPath().resolve(name).toString();
  }

  void touch(String name, int secondsFromNow) throws IOException {
    Path file = file(name);
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(secondsFromNow)));
  }

  void set(String variable, String value) {
    environment.put(variable, value);
  }

  void maven(String script) throws IOException {
    executable(onPath("mvn"), script);
  }

  Path onPath(String program) {
    return dir.resolve("path").resolve(program);
  }

  /** Creates a JDK whose java prints its name, its locale and its arguments, one a line. */
  Path jdk(String name, String version) throws IOException {
    Path jdk = dir.resolve(name);
    executable(
        jdk.resolve("bin/java"),
        "#!/bin/sh\nprintf '%s\\n' '" + name + "' \"LC_ALL=${LC_ALL:-}\" \"$@\"\n");
    executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  /** Creates such a JDK that can also make a cache. */
  Path jdkWithCache() throws IOException {
    Path jdk = jdk("jdk with cache", "25.0.1");
    String java = Files.readString(jdk.resolve("bin/java"));
    executable(
        jdk.resolve("bin/java"),
        java.replace(
            "printf",
            """
            for argument; do
              case $argument in
                -XX:AOTCacheOutput=*) echo $$ >"${argument#*=}"; exit ;;
              esac
            done
            printf\
            """));
    return jdk;
  }

  /** Creates such a JDK that needs minutes for the cache. */
  Path jdkWithSlowCache() throws IOException {
    Path jdk = jdkWithCache();
    Path java = jdk.resolve("bin/java");
    Files.writeString(
        java,
        Files.readString(java)
            .replace("echo $$ >\"${argument#*=}\"; exit", "echo $$ >\"$BUILDS\"; exec sleep 300"));
    return jdk;
  }

  ProgramRun launch(String... arguments) throws IOException, InterruptedException {
    return begin(arguments).end();
  }

  ProgramRun.Running begin(String... arguments) throws IOException {
    return beginAs(file("bin/pushfanout"), arguments);
  }

  ProgramRun.Running beginAs(Path launcher, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    return ProgramRun.begin(dir, environment, command);
  }

  /**
   * Ends a start by a signal, once the start's child process has written its process id to the
   * build log. The child must end too.
   *
   * @return the exit code
   */
  int endOnceBusy(ProgramRun.Running start) throws IOException, InterruptedException {
    Path pid = buildLog();
    await().until(() -> Files.exists(pid) && Files.readString(pid).endsWith("\n"));
    long busy = Long.parseLong(Files.readString(pid).strip());

    start.process().destroy();

    int code = start.end().code();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> ProcessHandle.of(busy).filter(ProcessHandle::isAlive).isEmpty());
    return code;
  }

  /** Returns the output of Maven, a line for each build. */
  Path buildLog() {
    return dir.resolve("builds");
  }

  int builds() throws IOException {
    return Files.exists(buildLog()) ? Files.readAllLines(buildLog()).size() : 0;
  }

  static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
