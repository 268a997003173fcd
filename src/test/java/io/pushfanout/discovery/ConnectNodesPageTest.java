package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the quotes of docs/connect-nodes.md to the files of the examples. */
class ConnectNodesPageTest {
  private static final Path PAGE = Path.of("docs", "connect-nodes.md");
  private static final Pattern QUOTE =
      Pattern.compile("<!-- (examples/\\S+) -->\n```\\w+\n(.*?)```\n", Pattern.DOTALL);

  @Test
  void everyQuoteStandsInItsFile() throws Exception {
    String page = Files.readString(PAGE);
    Matcher quote = QUOTE.matcher(page);
    int quotes = 0;
    while (quote.find()) {
      quotes++;
      assertThat(Files.readString(Path.of(quote.group(1)))).contains(quote.group(2));
    }
    assertThat(quotes).isEqualTo(5);
    // Each code block must be a quote: an error in a block without a file would stay unnoticed.
    assertThat(page.split("```", -1)).hasSize(2 * quotes + 1);
  }
}
