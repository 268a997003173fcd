package io.pushfanout.model;

import java.util.Locale;
import java.util.regex.Pattern;

/** A glob on {@code host:port} ({@link GlobSet}). */
final class NodeGlob {
  static final String FORM = "[A-Za-z0-9._:\\[\\]*?-]{1," + Bounds.OVERRIDE_GLOB_MAX + "}";
  private static final Pattern PATTERN = Pattern.compile(FORM);

  private NodeGlob() {}

  /**
   * Returns the glob in lower case, the case of addresses.
   *
   * @throws IllegalArgumentException if the glob can match no address
   */
  static String normal(String glob) {
    if (!PATTERN.matcher(glob).matches()) {
      throw new IllegalArgumentException("must be host:port with * and ?, such as 10.0.*:50052");
    }
    return glob.toLowerCase(Locale.ROOT);
  }
}
