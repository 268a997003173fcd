package io.pushfanout.config;

import static io.pushfanout.config.Resources.named;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameConflictTest {
  @TempDir private Path temp;
  private WatchedFolder folder;

  @BeforeEach
  void load() throws Exception {
    folder = new WatchedFolder(temp);
    folder.write("a.yaml", named("x") + named("y"));
    folder.write("b.yaml", named("z"));
    folder.load();
  }

  @Test
  void theFileWhoseNameComesLaterIsBrokenAndItsLastGoodVersionStays() throws Exception {
    folder.write("b.yaml", named("z", "workers: 5") + named("y", "workers: 6"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("x:10", "y:10", "z:10");
    assertThat(folder.state().lastReloadSuccessful()).isFalse();
    assertThat(folder.state().problems())
        .containsExactly(
            folder.path("b.yaml")
                + ":11: metadata.name: default/y is there twice: it is in "
                + folder.path("a.yaml")
                + ":10");
  }

  @Test
  void theLaterFileIsTakenWhenTheEarlierReleasesTheName() throws Exception {
    folder.write("b.yaml", named("z", "workers: 5") + named("y", "workers: 6"));
    folder.settle();
    folder.write("a.yaml", named("x"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("x:10", "y:6", "z:5");
    assertThat(folder.state().problems()).isEmpty();
    assertThat(folder.handedOver()).as("y was never out of force").hasSize(2);
  }

  @Test
  void anEarlierFileTakesOneNameFromALaterFileAndTheOthersStay() throws Exception {
    folder.write("b.yaml", named("z") + named("v"));
    folder.settle();
    folder.write("a.yaml", named("x") + named("y") + named("z", "workers: 5"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("v:10", "x:10", "y:10", "z:5");
    assertThat(folder.state().problems())
        .hasSize(1)
        .allMatch(problem -> problem.startsWith(folder.path("b.yaml") + ":5: metadata.name: "));

    folder.write("b.yaml", named("v", "workers: 7"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("v:7", "x:10", "y:10", "z:5");
    assertThat(folder.state().problems()).isEmpty();
  }

  @Test
  void aBrokenFileKeepsTheNamesThatItHasInForce() throws Exception {
    folder.write("a.yaml", "broken");
    folder.write("b.yaml", named("y"));
    folder.settle();

    assertThat(folder.inForce()).containsExactly("x:10", "y:10", "z:10");
    assertThat(folder.state().problems()).hasSize(2);
  }

  @Test
  void aFileThatIsRenamedIsTakenAtOnceAndNothingIsRetired() throws Exception {
    Files.move(folder.path("a.yaml"), folder.path("c.yaml"), StandardCopyOption.ATOMIC_MOVE);
    folder.settle();
    assertThat(folder.state().problems()).isEmpty();

    folder.write("c.yaml", named("x", "workers: 5") + named("y"));
    folder.settle();
    assertThat(folder.inForce()).containsExactly("x:5", "y:10", "z:10");
    folder.pass(Duration.ofSeconds(10));

    assertThat(folder.inForce()).containsExactly("x:5", "y:10", "z:10");
    assertThat(folder.handedOver()).hasSize(2);
    assertThat(folder.state().problems()).isEmpty();
  }
}
