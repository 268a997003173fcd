package io.pushfanout.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  private static final String OBEYED = "[\\p{C}\\p{Zl}\\p{Zp}]";

  @Test
  void ordinaryTextStaysAsItIs() {
    String text = "node-1.example.com:80 über 日本 😀 \"q\" \\ 50%";

    assertThat(Printable.line(text)).isEqualTo(text);
    assertThat(Printable.json(text)).isEqualTo(text);
  }

  @Test
  void controlCharactersBecomeEscapes() {
    assertThat(Printable.line("a\r\n\tb")).isEqualTo("a\\r\\n\\tb");
    assertThat(Printable.line("\u001b[31m\u0007\u007f")).isEqualTo("\\u001b[31m\\u0007\\u007f");
    assertThat(Printable.line("\u0085\u009b")).isEqualTo("\\u0085\\u009b");
    assertThat(Printable.line("\u2028\u2029")).isEqualTo("\\u2028\\u2029");
    assertThat(Printable.line("\u200f\u202e\u2066\ufeff"))
        .isEqualTo("\\u200f\\u202e\\u2066\\ufeff");
    assertThat(Printable.line("\ud800x\udc00")).isEqualTo("\\ud800x\\udc00");
    assertThat(Printable.line("\udb40\udc01")).isEqualTo("\\udb40\\udc01");
  }

  @Test
  void noCharacterAtAllPassesThatATerminalWouldObey() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      assertThat(Printable.line(Character.toString(c)))
          .as("U+%04X", c)
          .doesNotContainPattern(OBEYED);
    }
  }

  @Test
  void escapingTwiceChangesNothingMore() {
    String once = Printable.line("a\n\u001b\\");

    assertThat(Printable.line(once)).isEqualTo(once);
  }

  @Test
  void boundedLineIsCutBetweenCharactersWithAnEllipsis() {
    assertThat(Printable.line("abc", 3)).isEqualTo("abc");
    assertThat(Printable.line("abcd", 3)).isEqualTo("abc…");
    assertThat(Printable.line("😀😀", 3)).isEqualTo("😀…");
    assertThat(Printable.line("a\u001b[31m", 6)).as("the escape is not cut").isEqualTo("a…");
    assertThat(Printable.line("\u001b".repeat(1000), 60)).hasSize(61);
  }

  @Test
  void jsonStringIsOneLineWithItsQuotesEscaped() {
    assertThat(Printable.jsonString("a \"b\" \\ \n\u001b\u2028"))
        .isEqualTo("a \\\"b\\\" \\\\ \\n\\u001b\\u2028");
  }

  @Test
  void jsonKeepsItsLineEndsAndNoOtherControl() {
    assertThat(Printable.json("{\n  \"a\": \"\u009b\u202e\"\n}"))
        .isEqualTo("{\n  \"a\": \"\\u009b\\u202e\"\n}");
  }
}
