package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page docs/runbooks.md has a section for each alert, and for no other. */
class RunbooksTest {
  /** A pattern of {@code grep} for {@code /metrics}, up to the labels. */
  private static final Pattern SEARCHED = Pattern.compile("grep -E '\\^([^.' ]+)");

  private static final Pattern CHOICE = Pattern.compile("(\\w*)\\(([\\w|]+)\\)(\\w*)");

  @Test
  void everyAlertHasASection() throws IOException {
    assertThat(sections().keySet()).isEqualTo(new TreeSet<>(Alert.names()));
  }

  @Test
  void everySectionHasItsPartsAndThreeCommands() throws IOException {
    Map<String, String> sections = sections();
    for (Alert alert : Alert.all()) {
      String section = sections.getOrDefault(alert.name(), "");
      assertThat(section)
          .containsSubsequence("**Means** ", "**Look**", "**Do** ", "**If it goes on** ")
          .containsPattern(
              "Severity %s, for %s[,.]".formatted(alert.labels().get("severity"), alert.time()));
      assertThat(section.lines().filter(line -> line.startsWith("    ")))
          .as(alert.name())
          .hasSize(3)
          .allMatch(line -> line.matches(" {4}(pushfanout|kubectl|curl|openssl|etcdctl) .*"));
    }
  }

  @Test
  void commandsLookForSeriesThatThereAre() throws Exception {
    KnownSeries known = KnownSeries.read();

    assertThat(sections().values())
        .allSatisfy(section -> searched(section).forEach(known::haveOneFrom));
  }

  private static Map<String, String> sections() throws IOException {
    Map<String, String> sections = new TreeMap<>();
    for (String section : Files.readString(Path.of("docs", "runbooks.md")).split("\n## ", -1)) {
      if (!section.startsWith("# ")) {
        sections.put(section.lines().findFirst().orElseThrow(), section);
      }
    }
    return sections;
  }

  /** Returns the prefixes of series names in a section's commands. */
  private static Set<String> searched(String section) {
    Set<String> beginnings = new TreeSet<>();
    for (String pattern : KnownSeries.words(SEARCHED, section)) {
      Matcher choice = CHOICE.matcher(pattern);
      if (choice.matches()) {
        for (String one : choice.group(2).split("[|]", -1)) {
          beginnings.add(choice.group(1) + one + choice.group(3));
        }
      } else {
        beginnings.add(pattern);
      }
    }
    return beginnings;
  }
}
