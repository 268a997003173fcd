package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The decision of {@code bin/pushfanout} whether to build the program. */
class LauncherBuildTest {
  @TempDir Path dir;
  private FakeCheckout checkout;

  @BeforeEach
  void aCheckout() throws IOException {
    checkout = new FakeCheckout(dir);
  }

  @Test
  void theFirstStartBuildsAndTheNextDoesNot() throws Exception {
    assertThat(checkout.launch().err())
        .isEqualTo("pushfanout: building, once…\npushfanout: preparing faster starts, once…\n");
    assertThat(checkout.launch().err()).isEmpty();

    assertThat(checkout.builds()).isEqualTo(1);
  }

  @Test
  void twoFirstStartsAtOnceBuildOnceAndBothRun() throws Exception {
    List<ProgramRun.Running> starts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      starts.add(checkout.begin("--version"));
    }
    for (ProgramRun.Running start : starts) {
      assertThat(start.end().code()).isZero();
    }

    assertThat(checkout.builds()).isEqualTo(1);
    assertThat(checkout.file("target/.build-lock")).doesNotExist();
  }

  @Test
  void aNewerSourceIsBuiltAgain() throws Exception {
    checkout.launch();
    checkout.touch("src/main/Some.java", 1);

    checkout.launch();

    assertThat(checkout.builds()).isEqualTo(2);
  }

  @Test
  void aBuildThatLeftAnEqualJarAloneIsNotRepeated() throws Exception {
    checkout.launch();
    checkout.maven("#!/bin/sh\necho built >> \"$BUILDS\"\n");
    checkout.touch("target/pushfanout.jar", -60);

    checkout.launch();
    checkout.launch();

    assertThat(checkout.builds()).isEqualTo(2);
  }

  @Test
  void nothingIsBuiltWhileABuildTestsItself() throws Exception {
    checkout.launch();
    checkout.touch("pom.xml", 60);
    checkout.set("PUSHFANOUT_BUILD", "never");

    assertThat(checkout.launch().code()).isZero();
    assertThat(checkout.builds()).isEqualTo(1);
  }

  @Test
  void aLockWhoseHolderIsGoneIsTakenOver() throws Exception {
    Files.createDirectories(checkout.file("target"));
    Files.createSymbolicLink(checkout.file("target/.build-lock"), Path.of("999999999"));

    assertThat(checkout.launch().code()).isZero();
    assertThat(checkout.builds()).isEqualTo(1);
  }

  @Test
  void aSignalDuringTheBuildEndsItAndLeavesNoLock() throws Exception {
    checkout.maven("#!/bin/sh\necho $$ > \"$BUILDS\"\nexec sleep 300 >&2 2>&1\n");
    ProgramRun.Running start = checkout.begin("--version");

    assertThat(checkout.endOnceBusy(start)).isEqualTo(143);
    assertThat(Files.isSymbolicLink(checkout.file("target/.build-lock"))).isFalse();
  }

  @Test
  void aFailedBuildEndsTheStartWithFailure() throws Exception {
    checkout.maven("#!/bin/sh\necho '[ERROR] no' >&2\nexit 1\n");

    ProgramRun run = checkout.launch();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("[ERROR] no\n", "pushfanout: the build failed; see above");
  }

  @Test
  void aFailedBuildNamesAProxyThatMavenDoesNotRead() throws Exception {
    checkout.maven("#!/bin/sh\nexit 1\n");
    checkout.set("https_proxy", "http://proxy.example:3128");

    assertThat(checkout.launch().err())
        .endsWith(" Maven does not read https_proxy: its proxies are in ~/.m2/settings.xml.\n");
  }

  @Test
  void mavenRunsOnTheJdkThatWasFound() throws Exception {
    checkout.set("JAVA_HOME", checkout.jdk("jdk 11", "11.0.2").toString());
    checkout.maven("#!/bin/sh\necho \"$JAVA_HOME $*\" > \"$BUILDS\"\nexit 1\n");

    checkout.launch();

    assertThat(checkout.buildLog()).content().startsWith(dir.resolve("jdk 25") + " -B ");
  }

  @Test
  void aHomeThatTakesNothingLeavesMavensRepositoryToTheCheckout() throws Exception {
    checkout.maven("#!/bin/sh\necho \"$*\" >> \"$BUILDS\"\nexit 1\n");
    String own = "-Dmaven.repo.local=" + checkout.realPath("target/repository") + " ";

    checkout.set("HOME", "/proc");
    checkout.launch();
    assertThat(checkout.buildLog()).content().contains(own);

    Files.delete(checkout.buildLog());
    checkout.set("MAVEN_OPTS", "-Dmaven.repo.local=/elsewhere");
    checkout.launch();
    assertThat(checkout.buildLog()).content().doesNotContain(own);
  }

  @Test
  void aCheckoutThatCannotBeWrittenIsNamedInASentence() throws Exception {
    Files.createFile(checkout.file("target"));

    assertThat(checkout.launch().err())
        .isEqualTo("pushfanout: cannot write to " + checkout.realPath("target") + "\n");
  }

  @Test
  void theBuildLeavesStdinToTheProgram() throws Exception {
    checkout.launch();

    assertThat(dir.resolve("builds.stdin")).isEmptyFile();
  }
}
