package io.pushfanout.auth;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.HashCode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parsed lines of a tokens file. Each line has a name, {@code sha256:} with the hash of a
 * token, the targets separated by commas, and optionally {@code expires=} with a date and time.
 * Empty lines and lines that begin with {@code #} are ignored.
 *
 * <p>No problem quotes the file: a user may have put a token in place of its hash.
 *
 * @param tokens the entries by hash of the token
 * @param problems the problems, each after the number of its line, {@code 3: …}
 */
record TokenLines(Map<HashCode, TokenEntry> tokens, List<String> problems) {
  private static final Splitter WORDS = Splitter.on(CharMatcher.anyOf(" \t")).omitEmptyStrings();
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern HASH = Pattern.compile("sha256:([0-9a-fA-F]{64})");
  private static final String EXPIRES = "expires=";

  /** Largest number of problems that are kept; readers need no more at once. */
  private static final int PROBLEMS_MAX = 20;

  private static final class BadLine extends Exception {
    BadLine(String message) {
      super(message);
    }
  }

  static TokenLines read(String text) {
    Map<HashCode, TokenEntry> tokens = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String stripped = line.strip();
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        continue;
      }
      try {
        add(stripped, tokens);
      } catch (BadLine e) {
        if (problems.size() < PROBLEMS_MAX) {
          problems.add(number + ": " + e.getMessage());
        }
      }
    }
    return new TokenLines(ImmutableMap.copyOf(tokens), List.copyOf(problems));
  }

  private static void add(String line, Map<HashCode, TokenEntry> tokens) throws BadLine {
    List<String> words = WORDS.splitToList(line);
    if (words.size() < 3 || words.size() > 4) {
      throw new BadLine("must be NAME sha256:HASH TARGETS [expires=DATE-TIME]");
    }
    if (!NAME.matcher(words.get(0)).matches()) {
      throw new BadLine("the name must be of A-Z, a-z, 0-9, '.', '_' and '-', at most 63 of them");
    }
    HashCode hash = hash(words.get(1));
    TokenEntry entry =
        new TokenEntry(
            words.get(0), grants(words.get(2)), words.size() < 4 ? null : expires(words.get(3)));
    if (tokens.putIfAbsent(hash, entry) != null) {
      throw new BadLine("the token has a line already");
    }
  }

  private static HashCode hash(String word) throws BadLine {
    var matcher = HASH.matcher(word);
    if (!matcher.matches()) {
      throw new BadLine("the second word must be sha256: and the 64 hexadecimal digits of a hash");
    }
    return HashCode.fromString(Ascii.toLowerCase(matcher.group(1)));
  }

  private static List<Rule> grants(String word) throws BadLine {
    List<Rule> grants = new ArrayList<>();
    for (String target : Splitter.on(',').split(word)) {
      try {
        grants.add(Rule.parse(target));
      } catch (IllegalArgumentException e) {
        throw new BadLine(String.valueOf(e.getMessage()));
      }
    }
    return List.copyOf(grants);
  }

  private static @Nullable Instant expires(String word) throws BadLine {
    if (word.startsWith(EXPIRES)) {
      try {
        return OffsetDateTime.parse(word.substring(EXPIRES.length())).toInstant();
      } catch (DateTimeException _) {
        // An invalid time is the same mistake as a word without {@code expires=}.
      }
    }
    throw new BadLine("the last word must be expires= and a time such as 2027-01-31T00:00:00Z");
  }
}
