package io.pushfanout.access;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of certificates: a DNS name or a URI in which {@code *} stands for one whole label, or for
 * one whole segment between slashes.
 */
public record SanPattern(String text) {
  private static final String ANY = "*";
  private static final String URI = "://";
  private static final Pattern DNS_LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?");
  private static final Pattern SEGMENT = Pattern.compile("[!-~&&[^*,]]*");

  /**
   * @throws IllegalArgumentException when it is neither; says why
   */
  public SanPattern {
    boolean uri = isUri(text);
    Pattern part = uri ? SEGMENT : DNS_LABEL;
    for (String each : parts(text)) {
      if (!each.equals(ANY) && !part.matcher(each).matches()) {
        throw new IllegalArgumentException(
            "must be a DNS name or a URI of a certificate; * stands for one whole label or"
                + " segment");
      }
    }
  }

  /** Whether the name of a certificate is one of these. */
  boolean matches(String name) {
    if (isUri(text) != isUri(name)) {
      return false;
    }
    List<String> wanted = parts(text);
    List<String> given = parts(name);
    if (wanted.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!matches(wanted.get(i), given.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean matches(String wanted, String given) {
    if (wanted.equals(ANY)) {
      return isUri(text) ? !given.isEmpty() : DNS_LABEL.matcher(given).matches();
    }
    return isUri(text) ? wanted.equals(given) : Ascii.equalsIgnoreCase(wanted, given);
  }

  private static boolean isUri(String text) {
    return text.contains(URI);
  }

  private static List<String> parts(String text) {
    return Splitter.on(isUri(text) ? '/' : '.').splitToList(text);
  }
}
