package io.pushfanout.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares a source after any edits with a new source that starts on the same files. */
class RandomEditsTest {
  private static final List<String> FILES = List.of("a.yaml", "b.yml", "c.yaml");

  @TempDir private Path temp;

  @Test
  void afterAnyEditsTheStateInForceMatchesTheFiles() throws Exception {
    Random random = new Random(7);
    WatchedFolder folder = new WatchedFolder(temp);
    folder.load();
    int good = 0;
    int bad = 0;
    for (int round = 0; round < 120; round++) {
      for (int edits = random.nextInt(6); edits >= 0; edits--) {
        edit(folder, random);
        folder.pass(Duration.ofMillis(500L * random.nextInt(6)));
      }
      folder.pass(Duration.ofSeconds(5));

      Validation now = Validation.of(List.of(temp));
      assertThat(folder.state().lastReloadSuccessful())
          .as("round %d", round)
          .isEqualTo(now.valid());
      if (now.valid()) {
        good++;
        WatchedFolder fresh = new WatchedFolder(temp);
        fresh.load();
        assertThat(folder.inForce()).as("round %d", round).isEqualTo(fresh.inForce());
      } else {
        bad++;
        // Names that a broken file's last good version holds cause further problems in this source.
        assertThat(broken(folder.state().problems()))
            .as("round %d", round)
            .containsAll(broken(now.lines()));
      }
    }
    assertThat(good).isGreaterThan(20);
    assertThat(bad).isGreaterThan(20);
    assertThat(folder.handedOver()).hasSizeGreaterThan(50);
  }

  private static List<String> broken(List<String> lines) {
    return FILES.stream()
        .filter(file -> lines.stream().anyMatch(l -> l.matches(".*/" + file + ":\\d+: .*")))
        .toList();
  }

  private static void edit(WatchedFolder folder, Random random) throws Exception {
    String file = FILES.get(random.nextInt(FILES.size()));
    Path path = folder.path(file);
    switch (random.nextInt(10)) {
      case 0 -> Files.deleteIfExists(path);
      case 1 -> folder.write(file, "");
      case 2 -> folder.write(file, Resources.named("n", "workers: 0"));
      case 3 -> {
        if (Files.exists(path)) {
          String text = Files.readString(path);
          folder.write(file, text.substring(0, random.nextInt(text.length() + 1)));
        }
      }
      case 4, 5, 6 -> folder.write(file, content(file, random));
      default -> folder.replace(file, content(file, random));
    }
  }

  /** Returns resources, nearly always with names that only this file uses. */
  private static String content(String file, Random random) {
    List<String> resources = new ArrayList<>();
    IntStream.range(0, random.nextInt(4))
        .forEach(
            i -> {
              String name = random.nextInt(12) == 0 ? "shared" : file.charAt(0) + "" + i;
              resources.add(Resources.named(name, "workers: " + (1 + random.nextInt(20))));
            });
    return String.join("", resources);
  }
}
