package io.pushfanout.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/pushfanout} with a JDK and a Maven that only tell how they were called. */
class LauncherTest {
  private static final String MAVEN =
      """
      #!/bin/sh
      echo built >> "$BUILDS"
      cat >> "$BUILDS.stdin"
      sleep 0.2
      mkdir -p target/lib
      touch target/pushfanout.jar
      """;

  @TempDir Path dir;
  private Path home;
  private Path jdk;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void aCheckoutAJdkAndAMaven() throws IOException {
    home = Files.createDirectories(dir.resolve("check out"));
    executable(home.resolve("bin/pushfanout"), Files.readString(Path.of("bin/pushfanout")));
    Files.createDirectories(home.resolve("src/main"));
    Files.createDirectories(home.resolve("proto"));
    Files.writeString(home.resolve("pom.xml"), "");
    jdk = jdk("jdk 25", "25.0.1");
    executable(dir.resolve("path/mvn"), MAVEN);
    environment.put("PATH", dir.resolve("path") + ":/usr/bin:/bin");
    environment.put("BUILDS", dir.resolve("builds").toString());
    environment.put("PUSHFANOUT_JAVA_HOME", jdk.toString());
    environment.put("PUSHFANOUT_JAVA_OPTS", "");
    environment.put("PUSHFANOUT_BUILD", "");
  }

  @Test
  void theFirstStartBuildsAndTheNextDoesNot() throws Exception {
    assertThat(launch().err()).isEqualTo("pushfanout: building, once…\n");
    assertThat(launch().err()).isEmpty();

    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void twoFirstStartsAtOnceBuildOnceAndBothRun() throws Exception {
    List<ProgramRun.Running> starts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      starts.add(ProgramRun.begin(dir, environment, command("--version")));
    }
    for (ProgramRun.Running start : starts) {
      assertThat(start.end().code()).isZero();
    }

    assertThat(builds()).isEqualTo(1);
    assertThat(home.resolve("target/.build-lock")).doesNotExist();
  }

  @Test
  void aNewerSourceIsBuiltAgain() throws Exception {
    launch();
    Path source = Files.writeString(home.resolve("src/main/Some.java"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));

    launch();

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aBuildThatLeftAnEqualJarAloneIsNotRepeated() throws Exception {
    launch();
    executable(dir.resolve("path/mvn"), "#!/bin/sh\necho built >> \"$BUILDS\"\n");
    Files.setLastModifiedTime(
        home.resolve("target/pushfanout.jar"), FileTime.from(Instant.now().minusSeconds(60)));

    launch();
    launch();

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void nothingIsBuiltWhileABuildTestsItself() throws Exception {
    launch();
    Files.setLastModifiedTime(
        home.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
    environment.put("PUSHFANOUT_BUILD", "never");

    assertThat(launch().code()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aLockWhoseHolderIsGoneIsTakenOver() throws Exception {
    Files.createDirectories(home.resolve("target"));
    Files.createSymbolicLink(home.resolve("target/.build-lock"), Path.of("999999999"));

    assertThat(launch().code()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aSignalDuringTheBuildEndsItAndLeavesNoLock() throws Exception {
    executable(
        dir.resolve("path/mvn"), "#!/bin/sh\necho $$ > \"$BUILDS\"\nexec sleep 300 >&2 2>&1\n");
    ProgramRun.Running start = ProgramRun.begin(dir, environment, command("--version"));
    Path pid = dir.resolve("builds");
    await().until(() -> Files.exists(pid) && Files.readString(pid).endsWith("\n"));

    start.process().destroy();

    assertThat(start.end().code()).isEqualTo(143);
    long maven = Long.parseLong(Files.readString(pid).strip());
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> ProcessHandle.of(maven).filter(ProcessHandle::isAlive).isEmpty());
    assertThat(Files.isSymbolicLink(home.resolve("target/.build-lock"))).isFalse();
  }

  @Test
  void aFailedBuildEndsTheStartWithFailure() throws Exception {
    executable(dir.resolve("path/mvn"), "#!/bin/sh\necho '[ERROR] no' >&2\nexit 1\n");

    ProgramRun run = launch();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("[ERROR] no\n", "pushfanout: the build failed; see above");
  }

  @Test
  void theBuildLeavesStdinToTheProgram() throws Exception {
    launch();

    assertThat(dir.resolve("builds.stdin")).isEmptyFile();
  }

  @Test
  void argumentsReachTheProgramAsTheyAre() throws Exception {
    ProgramRun run = launch("broadcast", "two  words", "", "*", "$HOME", "it's über");

    String jar = home.toRealPath().resolve("target/pushfanout.jar").toString();
    assertThat(run.out().lines().toList())
        .containsSubsequence("-jar", jar, "broadcast", "two  words", "", "*", "$HOME", "it's über");
  }

  @Test
  void theProgramIsFoundThroughSymbolicLinks() throws Exception {
    Path absolute = Files.createSymbolicLink(dir.resolve("one"), home.resolve("bin/pushfanout"));
    Path relative = Files.createSymbolicLink(dir.resolve("path/two"), Path.of("../one"));

    assertThat(ProgramRun.of(dir, environment, List.of(relative.toString())).out())
        .contains(home.toRealPath().resolve("target/pushfanout.jar").toString());
    assertThat(absolute).exists();
  }

  @Test
  void moreFlagsFollowOursAndACollectorAmongThemReplacesOurs() throws Exception {
    assertThat(launch().out()).contains("-XX:+UseSerialGC");
    environment.put("PUSHFANOUT_JAVA_OPTS", "-Xmx64m -XX:+UseG1GC");

    assertThat(launch().out())
        .contains("-Xmx64m\n-XX:+UseG1GC\n-jar\n")
        .doesNotContain("UseSerialGC");
  }

  @Test
  void aLocaleOfAsciiOnlyIsReplacedSoThatArgumentsAreUtf8() throws Exception {
    environment.put("LC_ALL", "");
    environment.put("LC_CTYPE", "");
    environment.put("LANG", "C");
    assertThat(launch().out()).contains("LC_ALL=C.UTF-8\n");
    environment.put("LANG", "de_DE.UTF-8");
    assertThat(launch().out()).contains("LC_ALL=\n");
  }

  @Test
  void aPackagedProgramIsRunWithoutABuild() throws Exception {
    Files.delete(home.resolve("pom.xml"));
    assertThat(launch().err())
        .endsWith("pushfanout.jar is missing: this installation is not complete\n");
    Files.createFile(home.resolve("pushfanout.jar"));

    assertThat(launch().out()).contains(home.toRealPath().resolve("pushfanout.jar").toString());
    assertThat(dir.resolve("builds")).doesNotExist();
  }

  @Test
  void anOldJdkOnThePathIsPassedOverForANewerOneElsewhere() throws Exception {
    environment.put("PUSHFANOUT_JAVA_HOME", "");
    environment.put("JAVA_HOME", jdk("jdk 17", "17.0.15").toString());
    Path java = jdk("jdk 26", "26").resolve("bin/java");
    Files.createSymbolicLink(dir.resolve("path/java"), java);

    assertThat(launch().out()).startsWith("jdk 26\n");
  }

  @Test
  void aJdkThatWasNamedAndIsTooOldIsAnError() throws Exception {
    environment.put("PUSHFANOUT_JAVA_HOME", jdk("jdk 17", "17.0.15").toString());

    ProgramRun run = launch();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("pushfanout: PUSHFANOUT_JAVA_HOME is no JDK 25 or later: ");
  }

  private ProgramRun launch(String... arguments) throws IOException, InterruptedException {
    return ProgramRun.of(dir, environment, command(arguments));
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/pushfanout").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private long builds() throws IOException {
    try (var lines = Files.lines(dir.resolve("builds"), UTF_8)) {
      return lines.count();
    }
  }

  /** Its java prints its name, its locale and its arguments, one a line. */
  private Path jdk(String name, String version) throws IOException {
    Path jdk = dir.resolve(name);
    executable(
        jdk.resolve("bin/java"),
        "#!/bin/sh\nprintf '%s\\n' '" + name + "' \"LC_ALL=${LC_ALL:-}\" \"$@\"\n");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
