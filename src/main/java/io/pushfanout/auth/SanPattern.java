package io.pushfanout.auth;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern of certificates' names: a DNS name or a URI in which {@code *} stands for one whole
 * label, or for one whole segment between slashes. A DNS pattern matches only DNS names, and a URI
 * pattern only URIs.
 */
public record SanPattern(String text) {
  private static final String ANY = "*";
  private static final Pattern SEGMENT = Pattern.compile("[!-~&&[^*,]]*");

  /**
   * @throws IllegalArgumentException if the text has neither form; the message names the mistake
   */
  public SanPattern {
    SubjectName.Type type = type(text);
    for (String each : parts(type, text)) {
      boolean fits =
          switch (type) {
            case DNS -> SubjectName.isLabel(each);
            case URI -> SEGMENT.matcher(each).matches();
          };
      if (!each.equals(ANY) && !fits) {
        throw new IllegalArgumentException(
            "must be a DNS name or a URI of a certificate; * stands for one whole label or"
                + " segment");
      }
    }
  }

  /** Returns whether the pattern matches the name of a certificate. */
  boolean matches(SubjectName name) {
    SubjectName.Type type = type(text);
    if (name.type() != type) {
      return false;
    }
    List<String> wanted = parts(type, text);
    List<String> given = parts(type, name.text());
    if (wanted.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!matches(type, wanted.get(i), given.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(SubjectName.Type type, String wanted, String given) {
    boolean any = wanted.equals(ANY);
    return switch (type) {
      case DNS -> any ? SubjectName.isLabel(given) : Ascii.equalsIgnoreCase(wanted, given);
      case URI -> any ? !given.isEmpty() : wanted.equals(given);
    };
  }

  /** Returns the type of the names that a pattern can match. */
  private static SubjectName.Type type(String pattern) {
    return pattern.contains("://") ? SubjectName.Type.URI : SubjectName.Type.DNS;
  }

  private static List<String> parts(SubjectName.Type type, String text) {
    return Splitter.on(type == SubjectName.Type.URI ? '/' : '.').splitToList(text);
  }
}
