package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The command lines of this program on the pages, held to the program's options. */
class PagesTest {
  /** A line of a code block, with variables before the program. */
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^    (?:\\$ )?(?:[A-Z_]+=\\S+ )*(?:bin/)?pushfanout ([a-z].*)$");

  private static final Pattern WORD = Pattern.compile("'[^']*'|\\S+");

  @Test
  void everyCommandOfEveryPageParses() throws Exception {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md"), Path.of("SECURITY.md")));
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    List<String> commands = new ArrayList<>();
    for (Path page : pages) {
      String text = Files.readString(page).replaceAll("\\\\\n\\s+", "");
      for (String command : COMMAND.matcher(text).results().map(m -> m.group(1)).toList()) {
        commands.add(command);
        assertThatCode(() -> CommandRun.read(Object.class, Map.of(), words(command)))
            .as("%s: %s", page, command)
            .doesNotThrowAnyException();
      }
    }
    assertThat(commands).hasSizeGreaterThan(40);
  }

  /**
   * Returns the arguments, without a comment, a redirection and the sign of left out ones. The
   * runbooks' variable has the address of a server.
   */
  private static String[] words(String command) {
    return WORD.matcher(command.replaceAll("\\s+(#|>|&$|\\|).*", ""))
        .results()
        .map(word -> word.group().replace("'", "").replace("$S", "http://127.0.0.1:8080"))
        .filter(word -> !word.equals("…"))
        .toArray(String[]::new);
  }
}
