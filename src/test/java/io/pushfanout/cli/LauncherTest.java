package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JVM and the arguments that {@code bin/pushfanout} chooses. */
class LauncherTest {
  @TempDir Path dir;
  private FakeCheckout checkout;

  @BeforeEach
  void aCheckout() throws IOException {
    checkout = new FakeCheckout(dir);
  }

  @Test
  void argumentsReachTheProgramAsTheyAre() throws Exception {
    ProgramRun run = checkout.launch("broadcast", "two  words", "", "*", "$HOME", "it's über");

    String jar = checkout.realPath("target/pushfanout.jar");
    assertThat(run.out().lines().toList())
        .containsSubsequence("-jar", jar, "broadcast", "two  words", "", "*", "$HOME", "it's über");
  }

  @Test
  void theProgramIsFoundThroughSymbolicLinks() throws Exception {
    Path absolute = Files.createSymbolicLink(dir.resolve("one"), checkout.file("bin/pushfanout"));
    Path relative = Files.createSymbolicLink(checkout.onPath("two"), Path.of("../one"));

    assertThat(checkout.beginAs(relative).end().out())
        .contains(checkout.realPath("target/pushfanout.jar"));
    assertThat(absolute).exists();
  }

  @Test
  void moreFlagsFollowOursAndACollectorAmongThemReplacesOurs() throws Exception {
    String ours = "@" + checkout.realPath("bin/jvm.options") + "\n";
    checkout.set("PUSHFANOUT_JAVA_OPTS", "-Xmx64m");
    assertThat(checkout.launch().out()).contains(ours + "-Xmx64m\n-jar\n");
    checkout.set("PUSHFANOUT_JAVA_OPTS", "-Xmx64m -XX:+UseG1GC");

    assertThat(checkout.launch().out())
        .contains(ours + "-XX:-UseSerialGC\n-Xmx64m\n-XX:+UseG1GC\n-jar\n");
  }

  @Test
  void aLocaleOfAsciiOnlyIsReplacedSoThatArgumentsAreUtf8() throws Exception {
    checkout.set("LC_ALL", "");
    checkout.set("LC_CTYPE", "");
    checkout.set("LANG", "C");
    assertThat(checkout.launch().out()).contains("LC_ALL=C.UTF-8\n");
    checkout.set("LANG", "de_DE.UTF-8");
    assertThat(checkout.launch().out()).contains("LC_ALL=\n");
  }

  @Test
  void aPackagedProgramIsRunWithoutABuild() throws Exception {
    Files.delete(checkout.file("pom.xml"));
    assertThat(checkout.launch().err())
        .endsWith("pushfanout.jar is missing: this installation is not complete\n");
    Files.createFile(checkout.file("pushfanout.jar"));

    assertThat(checkout.launch().out()).contains(checkout.realPath("pushfanout.jar"));
    assertThat(checkout.buildLog()).doesNotExist();
  }

  @Test
  void aReleaseRunsOnItsOwnJavaWhereThePathIsEmpty() throws Exception {
    Files.delete(checkout.file("pom.xml"));
    Files.createFile(checkout.file("pushfanout.jar"));
    Files.writeString(checkout.file("pushfanout.aot"), "cache");
    Files.move(checkout.jdk("its own", "25.0.1"), checkout.file("java"));
    checkout.set("PATH", dir.resolve("nothing").toString());
    checkout.set("JAVA_HOME", checkout.jdk("another", "26").toString());
    checkout.set("PUSHFANOUT_JAVA_HOME", "");

    ProgramRun run = checkout.launch();

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("its own\n")
        .contains("-XX:AOTCache=" + checkout.realPath("pushfanout.aot") + "\n-jar\n");
  }

  @Test
  void aRuntimeWithoutACompilerIsPassedOverWhereABuildIsNeeded() throws Exception {
    checkout.set("PUSHFANOUT_JAVA_HOME", "");
    Path runtime = checkout.jdk("runtime", "25.0.1");
    Files.delete(runtime.resolve("bin/javac"));
    checkout.set("JAVA_HOME", runtime.toString());
    onPath(checkout.jdk("jdk 25 of the path", "25.0.2"));

    assertThat(checkout.launch().out()).startsWith("jdk 25 of the path\n");
    assertThat(checkout.launch().out()).startsWith("runtime\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17.0.15", "26", "26.0.1"})
  void aJdkOfAnotherVersionIsPassedOverForOneElsewhere(String version) throws Exception {
    checkout.set("PUSHFANOUT_JAVA_HOME", "");
    checkout.set("JAVA_HOME", checkout.jdk("another", version).toString());
    onPath(checkout.jdk("jdk 25 of the path", "25"));

    assertThat(checkout.launch().out()).startsWith("jdk 25 of the path\n");
    assertThat(checkout.launch().out()).startsWith("jdk 25 of the path\n");
  }

  private void onPath(Path jdk) throws IOException {
    Files.createSymbolicLink(checkout.onPath("java"), jdk.resolve("bin/java"));
  }

  @Test
  void aLaterJdkThatWasNamedRunsTheProgramAndDoesNotBuildIt() throws Exception {
    checkout.launch();
    String later = checkout.jdk("jdk 26", "26").toString();
    checkout.set("PUSHFANOUT_JAVA_HOME", later);
    assertThat(checkout.launch().out()).startsWith("jdk 26\n");

    checkout.touch("pom.xml", 60);
    assertThat(checkout.launch().err())
        .isEqualTo(
            "pushfanout: PUSHFANOUT_JAVA_HOME is no JDK 25, which the build needs: "
                + later
                + "\n");
  }

  @Test
  void aJdkThatWasNamedAndIsTooOldIsAnError() throws Exception {
    checkout.launch();
    checkout.set("PUSHFANOUT_JAVA_HOME", checkout.jdk("jdk 17", "17.0.15").toString());

    ProgramRun run = checkout.launch();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("pushfanout: PUSHFANOUT_JAVA_HOME is no JDK 25 or later: ");
  }
}
