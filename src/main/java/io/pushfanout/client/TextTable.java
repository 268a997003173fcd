package io.pushfanout.client;

import java.util.ArrayList;
import java.util.List;

/**
 * A table with aligned columns: text columns to the left, then numbers, and optionally text last.
 */
final class TextTable {
  private static final String GAP = "  ";

  private final int textColumns;
  private final boolean endsWithText;
  private final List<String[]> rows = new ArrayList<>();

  private TextTable(int textColumns, boolean endsWithText, String... header) {
    this.textColumns = textColumns;
    this.endsWithText = endsWithText;
    rows.add(header);
  }

  /**
   * Returns a table whose last column is text too.
   *
   * @param textColumns number of leading text columns
   */
  static TextTable withTextAtBothEnds(int textColumns, String... header) {
    return new TextTable(textColumns, true, header);
  }

  void row(String... cells) {
    rows.add(cells);
  }

  void appendTo(StringBuilder out, String indent) {
    int[] widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(i == 0 ? "" : GAP).append(isText(i) ? row[i] + padding : padding + row[i]);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private boolean isText(int column) {
    return column < textColumns || (endsWithText && column == rows.getFirst().length - 1);
  }
}
