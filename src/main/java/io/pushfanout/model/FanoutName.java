package io.pushfanout.model;

import io.pushfanout.text.DnsLabel;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * The name of a fanout, written {@code namespace/name}.
 *
 * @param namespace a DNS label
 * @param name a DNS subdomain
 */
public record FanoutName(String namespace, String name) implements Comparable<FanoutName> {
  private static final Pattern NAME = Pattern.compile("(?=.{1,253}$)" + DnsLabel.NAME_FORM);
  private static final Comparator<FanoutName> ORDER =
      Comparator.comparing(FanoutName::namespace).thenComparing(FanoutName::name);

  /** The name of the fanout that flags describe. */
  public static final FanoutName DEFAULT = new FanoutName("default", "default");

  public FanoutName {
    if (!DnsLabel.is(namespace) || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not <namespace>/<name> of a fanout");
    }
  }

  /**
   * Reads {@code namespace/name}.
   *
   * @throws IllegalArgumentException if the text does not have that form
   */
  public static FanoutName parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("not <namespace>/<name> of a fanout");
    }
    return new FanoutName(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public int compareTo(FanoutName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
