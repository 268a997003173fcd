package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache of prepared classes: its creation and use by {@code bin/pushfanout}. */
class LauncherCacheTest {
  private static final String PREPARING = "pushfanout: preparing faster starts, once…\n";

  @TempDir Path dir;
  private FakeCheckout checkout;
  private Path cache;

  @BeforeEach
  void aCheckoutWithAJdkThatCan() throws IOException {
    checkout = new FakeCheckout(dir);
    checkout.set("PUSHFANOUT_JAVA_HOME", checkout.jdkWithCache().toString());
    cache = checkout.file("target/pushfanout.aot");
  }

  @Test
  void theFirstStartMakesItAndEveryStartUsesIt() throws Exception {
    String flag = "\n-XX:AOTCache=" + checkout.realPath("target/pushfanout.aot") + "\n-jar\n";

    ProgramRun first = checkout.launch();
    String made = Files.readString(cache);
    ProgramRun second = checkout.launch();

    assertThat(first.err()).endsWith(PREPARING);
    assertThat(second.err()).isEmpty();
    assertThat(first.out()).contains(flag);
    assertThat(second.out()).contains(flag);
    assertThat(cache).hasContent(made);
  }

  @Test
  void eachBuildGetsItsOwn() throws Exception {
    checkout.launch();
    String made = Files.readString(cache);
    checkout.touch("target/pushfanout.jar", 1);

    assertThat(checkout.launch().err()).isEqualTo(PREPARING);
    assertThat(Files.readString(cache)).isNotEqualTo(made);
  }

  @Test
  void anOlderOneIsLeftAloneWhereNothingMayBeMade() throws Exception {
    checkout.launch();
    checkout.touch("target/pushfanout.jar", 1);
    checkout.set("PUSHFANOUT_BUILD", "never");

    ProgramRun run = checkout.launch();

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).doesNotContain("AOTCache");
  }

  @Test
  void aJvmThatCanMakeNoneRunsWithoutAndDoesNotTryAgain() throws Exception {
    checkout.set("PUSHFANOUT_JAVA_HOME", checkout.jdk("jdk without", "25.0.1").toString());

    assertThat(checkout.launch().err()).endsWith(PREPARING);
    assertThat(cache).isEmptyFile();
    ProgramRun second = checkout.launch();

    assertThat(second.err()).isEmpty();
    assertThat(second.out()).doesNotContain("AOTCache");
  }

  @Test
  void aSignalWhileItIsMadeEndsItAndLeavesNothing() throws Exception {
    checkout.launch();
    checkout.touch("target/pushfanout.jar", 1);
    checkout.set("PUSHFANOUT_JAVA_HOME", checkout.jdkWithSlowCache().toString());
    Files.delete(checkout.buildLog());
    ProgramRun.Running start = checkout.begin("--version");

    assertThat(checkout.endOnceBusy(start)).isEqualTo(143);
    try (Stream<Path> left = Files.list(checkout.file("target"))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("pushfanout.aot."));
    }
  }
}
