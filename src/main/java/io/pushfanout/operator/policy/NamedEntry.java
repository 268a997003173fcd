package io.pushfanout.operator.policy;

import io.pushfanout.model.Bounds;
import io.pushfanout.text.GlobSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a list that allows namespaces certain names.
 *
 * @param namespace a glob
 * @param name a glob of allowed names; with a slash it is for etcd prefixes only
 */
public record NamedEntry(String namespace, String name) {
  private static final Pattern NAME_GLOB =
      Pattern.compile("[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?");

  private static final Pattern PREFIX_GLOB =
      Pattern.compile("[A-Za-z0-9._~:@%+=*?/-]{1," + Bounds.ETCD_PREFIX_MAX + "}");

  /**
   * Reads {@code NAMESPACE=NAME}.
   *
   * @param form form of the entry, for a message
   * @throws IllegalArgumentException when the text has another form
   */
  static NamedEntry parse(String form, String text) {
    int equals = text.indexOf('=');
    return new NamedEntry(
        glob(text.substring(0, Math.max(equals, 0)), form, text),
        glob(text.substring(equals + 1), form, text));
  }

  /**
   * Reads {@code NAMESPACE=SERVICE}, or {@code NAMESPACE=PREFIX} with a slash in the prefix.
   *
   * @throws IllegalArgumentException when the text has another form
   */
  static NamedEntry parseService(String text) {
    int equals = text.indexOf('=');
    String name = text.substring(equals + 1);
    if (equals < 0 || name.indexOf('/') < 0) {
      return parse("NAMESPACE=SERVICE", text);
    }
    String form = "NAMESPACE=PREFIX";
    if (!PREFIX_GLOB.matcher(name).matches()) {
      throw malformed(form, text);
    }
    boolean ends = name.endsWith("/") || name.endsWith("*");
    return new NamedEntry(glob(text.substring(0, equals), form, text), ends ? name : name + "/");
  }

  /**
   * Returns the glob of a namespace or of a name without a slash.
   *
   * @param text the whole entry
   * @throws IllegalArgumentException when the name is not such a glob
   */
  static String glob(String name, String form, String text) {
    if (!NAME_GLOB.matcher(name).matches()) {
      throw malformed(form, text);
    }
    return name;
  }

  private static IllegalArgumentException malformed(String form, String text) {
    return new IllegalArgumentException("must be %s, is \"%s\"".formatted(form, text));
  }

  /**
   * Returns whether an entry allows this name to this namespace. Entries with a slash and entries
   * without never match each other's names: {@code *} is every service, and not all of etcd.
   *
   * @param entries null: everything is allowed
   */
  static boolean isAllowed(@Nullable List<NamedEntry> entries, String namespace, String name) {
    return entries == null || entries.stream().anyMatch(entry -> entry.allows(namespace, name));
  }

  private boolean allows(String to, String wanted) {
    return hasSlash(name) == hasSlash(wanted)
        && GlobSet.matches(namespace, to)
        && GlobSet.matches(name, wanted);
  }

  private static boolean hasSlash(String text) {
    return text.indexOf('/') >= 0;
  }
}
