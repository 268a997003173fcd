package io.pushfanout.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Changes of an input: cut, doubled, overwritten, with bytes of another input or texts that often
 * break parsers.
 */
final class Mutations {
  /** Texts with a meaning in one parser or another. */
  static final List<String> PIECES =
      List.of(
          "\n",
          "\r",
          "\t",
          " ",
          "  ",
          ":",
          ": ",
          ",",
          ".",
          "-",
          "- ",
          "/",
          "*",
          "?",
          "%",
          "%E2",
          "[",
          "]",
          "{",
          "}",
          "\"",
          "'",
          "\\",
          "\\u0000",
          "\\uD800",
          "\"\\UFFFFFFFF\"",
          "#",
          "@",
          "`",
          "!",
          "!!x ",
          "&a ",
          "*a",
          "<<: *a\n",
          "|",
          ">",
          "---\n",
          "...\n",
          "spec:\n",
          "%YAML 9.9\n---\n",
          "%TAG ! x\n---\n",
          "0",
          "-1",
          "00",
          "65536",
          "99999999999999999999",
          "1e9",
          "1E400",
          "ms",
          "Ki",
          "null",
          "true",
          "\u0000",
          "\u001b[31m",
          "\u007f",
          "\u0085",
          "\u2028",
          "\u202e",
          "\uFEFF",
          "é",
          "٣",
          "１",
          "😀",
          "{\"",
          "\":",
          "[[",
          "{}",
          "::",
          "::1",
          "[::ffff:1.2.3.4]:1",
          "127.1:1",
          "a.",
          "le=\"",
          "pushfanout_delivery_seconds_sum{\n");

  /** The texts among them that make endless structures. */
  static final List<String> REPEATED =
      List.of(
          "[",
          "{",
          "{\"a\":",
          "- ",
          "&a ",
          "*a ",
          ": ",
          "\"\\u0000",
          ".",
          "a.",
          ":",
          "*",
          "0",
          "\n",
          "a,",
          "%E2",
          "\u001b[31m",
          "pushfanout_delivery_seconds_sum{\n",
          "\u0000",
          "K\u0001");

  private final SplittableRandom random;

  Mutations(long seed) {
    random = new SplittableRandom(seed);
  }

  byte[] of(byte[] seed, byte[] other) {
    byte[] changed = seed;
    for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
      changed = change(changed, other);
    }
    return changed;
  }

  private byte[] change(byte[] bytes, byte[] other) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + random.nextInt(12));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    switch (random.nextInt(7)) {
      case 0 -> out.writeBytes(PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8));
      case 1 -> {
        // The bytes between the two positions are cut out.
      }
      case 2 -> {
        out.write(bytes, from, to - from);
        out.write(bytes, from, to - from);
      }
      case 3 -> out.write(random.nextInt(256));
      case 4 -> {
        if (from < bytes.length) {
          out.write(bytes[from] ^ (1 << random.nextInt(8)));
          to = from + 1;
        }
      }
      case 5 -> {
        int start = random.nextInt(other.length + 1);
        out.write(other, start, Math.min(other.length - start, random.nextInt(40)));
      }
      default -> {
        // The input ends here.
        return out.toByteArray();
      }
    }
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }
}
