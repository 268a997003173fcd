package io.pushfanout.discovery;

import java.util.regex.Pattern;

/** Text from etcd on its way into a log line or a status: short, and nothing to obey in it. */
final class Printable {
  private static final int LONGEST = 200;
  private static final Pattern OBEYED = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

  private Printable() {}

  static String line(String raw) {
    String shown = raw.length() <= LONGEST ? raw : raw.substring(0, LONGEST) + "…";
    return OBEYED.matcher(shown).replaceAll("?");
  }
}
