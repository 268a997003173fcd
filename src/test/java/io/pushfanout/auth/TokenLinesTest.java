package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenLinesTest {
  private static final String HASH = TokenFileAuthorizerTest.hash("t");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a                          | must be NAME sha256:HASH TARGETS [expires=DATE-TIME]
          a HASH                     | must be NAME sha256:HASH TARGETS [expires=DATE-TIME]
          a HASH all expires=x more  | must be NAME sha256:HASH TARGETS [expires=DATE-TIME]
          ä HASH all                 | the name must be of A-Z, a-z, 0-9, '.', '_' and '-', at most 63 of them
          -a HASH all                | the name must be of
          a secret all               | the second word must be sha256: and the 64 hexadecimal digits
          a sha256:secret all        | the second word must be sha256: and the 64 hexadecimal digits
          a HASH0 all                | the second word must be sha256: and the 64 hexadecimal digits
          a HASH acme                | a target must be <namespace>/<name>, <namespace>/* or all
          a HASH *                   | a target must be
          a HASH */*                 | a target must be
          a HASH */chat              | a target must be
          a HASH acme/c*             | a target must be
          a HASH acme/chat,          | a target must be
          a HASH All                 | a target must be
          a HASH all expires=         | the last word must be expires= and a time such as
          a HASH all expires=tomorrow | the last word must be expires= and a time such as
          a HASH all expires=2027-01-31 | the last word must be expires= and a time such as
          a HASH all 2027-01-31T00:00:00Z | the last word must be expires= and a time such as
          """)
  void aBadLineIsNamedAndNotQuoted(String line, String problem) {
    TokenLines lines =
        TokenLines.read(
            "# first\nb "
                + TokenFileAuthorizerTest.hash("b")
                + " all\n"
                + line.replace("HASH", HASH));

    assertThat(lines.problems()).singleElement().asString().startsWith("3: " + problem);
    assertThat(lines.problems().getFirst()).doesNotContain("secret", HASH);
  }

  @Test
  void oneTokenHasOneLine() {
    String text = "a %s all\nb %s acme/chat\n".formatted(HASH, HASH);

    assertThat(TokenLines.read(text).problems()).containsExactly("2: the token has a line already");
  }

  @Test
  void spacesTabsCommentsAndCapitalsOfAHashMakeNoDifference() {
    String capitals = "sha256:" + HASH.substring("sha256:".length()).toUpperCase(Locale.ROOT);
    String text = "\n  # nothing\n\t a \t %s   all  \r\n".formatted(capitals);

    TokenLines lines = TokenLines.read(text);

    assertThat(lines.problems()).isEmpty();
    assertThat(lines.tokens()).isEqualTo(TokenLines.read("a " + HASH + " all").tokens());
  }

  @Test
  void ofManyProblemsTheFirstAreReported() {
    assertThat(TokenLines.read("x\n".repeat(1000)).problems()).hasSize(20);
  }
}
