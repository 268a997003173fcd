package io.pushfanout.access;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.util.regex.Pattern;

/**
 * A subject alternative name of a certificate. Its type counts as well as its text: an authority
 * that checks URIs need not check a dNSName that reads like one.
 *
 * @param text of a DNS name in lower case, as its case says nothing
 */
public record SubjectName(Type type, String text) {
  private static final Pattern DNS_LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?");
  private static final Splitter LABELS = Splitter.on('.');

  /** What a name may be, of RFC 5280's GeneralName. */
  public enum Type {
    DNS,
    URI
  }

  public SubjectName {
    text = type == Type.DNS ? Ascii.toLowerCase(text) : text;
  }

  /**
   * Whether the text is what its type promises. One of another form names nobody: the caller's
   * identity is the text alone, and must not be that of somebody else.
   */
  boolean isWellFormed() {
    return switch (type) {
      case DNS -> LABELS.splitToStream(text).allMatch(SubjectName::isLabel);
      // The JDK takes none without a scheme.
      case URI -> text.indexOf(':') > 0;
    };
  }

  /** Whether it is a label of a DNS name. */
  static boolean isLabel(String text) {
    return DNS_LABEL.matcher(text).matches();
  }
}
