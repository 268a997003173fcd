package io.pushfanout.text;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The notation of byte counts in the resource: Kubernetes quantities of whole bytes, such as {@code
 * 64Mi}.
 */
public final class QuantityFormat {
  /** The accepted form as a regular expression, valid for Kubernetes too. */
  public static final String FORM =
      "(\\+?[0-9]{1,18}(?:\\.[0-9]{1,9})?)(?:(Ki|Mi|Gi|Ti|k|M|G|T)|[eE](\\+?[0-9]{1,2}))?";

  /** Length of the longest text of that form in characters. */
  public static final int LENGTH_MAX = 33;

  private static final Pattern PATTERN = Pattern.compile(FORM);
  private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti"};

  private QuantityFormat() {}

  /**
   * Parses a quantity of bytes.
   *
   * @throws IllegalArgumentException if the text is no quantity, or not of whole bytes
   */
  public static long parse(String text) {
    Matcher quantity = PATTERN.matcher(text);
    if (!quantity.matches()) {
      throw new IllegalArgumentException(
          "must be a quantity of whole bytes such as 65536, 64Ki or 64Mi");
    }
    BigDecimal number = new BigDecimal(quantity.group(1));
    if (quantity.group(3) != null) {
      number = number.scaleByPowerOfTen(Integer.parseInt(quantity.group(3)));
    } else if (quantity.group(2) != null) {
      number = number.multiply(BigDecimal.valueOf(factor(quantity.group(2))));
    }
    try {
      return number.longValueExact();
    } catch (ArithmeticException _) {
      throw new IllegalArgumentException(
          "must be a quantity of whole bytes such as 65536, 64Ki or 64Mi");
    }
  }

  /**
   * Returns the shortest text that {@link #parse} reads as this number of bytes, in binary units.
   */
  public static String format(long bytes) {
    int unit = 0;
    while (unit + 1 < BINARY.length && bytes != 0 && bytes % 1024 == 0) {
      bytes /= 1024;
      unit++;
    }
    return bytes + BINARY[unit];
  }

  private static long factor(String suffix) {
    return switch (suffix) {
      case "Ki" -> 1L << 10;
      case "Mi" -> 1L << 20;
      case "Gi" -> 1L << 30;
      case "Ti" -> 1L << 40;
      case "k" -> 1_000L;
      case "M" -> 1_000_000L;
      case "G" -> 1_000_000_000L;
      default -> 1_000_000_000_000L;
    };
  }
}
