package io.pushfanout.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A page of docs/reference that the code makes, as Markdown. */
public final class MadePage {
  /** The command that writes all pages. */
  public static final String WRITE = "mvn test -Dtest='*ReferenceTest' -Dreference=write";

  private static final Path DIRECTORY = Path.of("docs/reference");

  private final StringBuilder text = new StringBuilder();

  public MadePage(String title) {
    text.append("<!-- The code makes this page: ").append(WRITE).append(" -->\n");
    text.append("# ").append(title).append('\n');
  }

  public void heading(String heading) {
    text.append("\n## ").append(heading).append('\n');
  }

  public void paragraph(String paragraph) {
    text.append('\n').append(paragraph).append('\n');
  }

  /** Begins a table with these columns. */
  public void table(String... columns) {
    text.append('\n');
    row(columns);
    text.append("|---".repeat(columns.length)).append("|\n");
  }

  public void row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  public static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  public static String codes(List<String> texts) {
    return String.join(", ", texts.stream().map(MadePage::code).toList());
  }

  /** Fails if the file is another; writes it first when the property {@code reference} says so. */
  public void assertIs(String file) throws IOException {
    assertIs(file, text.toString());
  }

  public static void assertIs(String file, String text) throws IOException {
    Path path = DIRECTORY.resolve(file);
    if ("write".equals(System.getProperty("reference"))) {
      Files.createDirectories(DIRECTORY);
      Files.writeString(path, text);
    }
    assertThat(path).as("stale: %s writes it", WRITE).content().isEqualTo(text);
  }
}
