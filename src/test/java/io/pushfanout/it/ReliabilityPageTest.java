package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/reliability.md has a row for each case of the fault suite, and for no other. */
class ReliabilityPageTest {
  private static final Path PAGE = Path.of("docs", "reliability.md");
  private static final Path TESTS = Path.of("src", "test", "java");
  private static final Pattern NAMED = Pattern.compile("`(\\w+IT#\\w+)`");
  private static final Pattern CASE =
      Pattern.compile("@FaultCase\\s(?:\\s*@[^\\n]*\\n)*\\s*void (\\w+)\\(");

  @Test
  void everyCaseIsInTheTable() throws Exception {
    Set<String> named = new TreeSet<>();
    NAMED.matcher(Files.readString(PAGE)).results().forEach(found -> named.add(found.group(1)));
    Set<String> cases = new TreeSet<>();
    try (Stream<Path> files = Files.walk(TESTS)) {
      for (Path file : files.filter(f -> f.toString().endsWith("IT.java")).toList()) {
        cases.addAll(cases(file));
      }
    }
    assertThat(cases).hasSizeGreaterThan(20);
    assertThat(named).isEqualTo(cases);
  }

  private static Set<String> cases(Path file) throws IOException {
    Set<String> cases = new TreeSet<>();
    String className = file.getFileName().toString().replace(".java", "");
    Matcher found = CASE.matcher(Files.readString(file));
    while (found.find()) {
      cases.add(className + "#" + found.group(1));
    }
    return cases;
  }
}
