package io.pushfanout.auth;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.util.regex.Pattern;

/**
 * A subject alternative name of a certificate. Its type counts as well as its text: an authority
 * that checks URIs need not check a dNSName that reads like one.
 *
 * @param text the name; a DNS name in lower case, since its case has no meaning
 */
public record SubjectName(Type type, String text) {
  private static final Pattern DNS_LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?");
  private static final Splitter LABELS = Splitter.on('.');

  /** The supported types of RFC 5280's GeneralName. */
  public enum Type {
    DNS,
    URI
  }

  public SubjectName {
    text = type == Type.DNS ? Ascii.toLowerCase(text) : text;
  }

  /**
   * Returns whether the text has the form of its type. A malformed name identifies no caller: the
   * identity is the text alone, and must not be that of another caller.
   */
  boolean isWellFormed() {
    return switch (type) {
      case DNS -> LABELS.splitToStream(text).allMatch(SubjectName::isLabel);
      // The JDK accepts no URI name without a scheme.
      case URI -> text.indexOf(':') > 0;
    };
  }

  /** Returns whether the text is a label of a DNS name. */
  static boolean isLabel(String text) {
    return DNS_LABEL.matcher(text).matches();
  }
}
