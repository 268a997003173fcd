package io.pushfanout.node;

import io.pushfanout.model.HostPattern;
import io.pushfanout.model.OriginPattern;
import io.pushfanout.model.OwnNames;
import java.util.List;
import java.util.stream.Stream;

/** The additional host names of a node, and the origins whose pages may watch it. */
public final class AllowedNames {
  /** An empty list: only the node's own names, and pages of its host or this machine. */
  public static final AllowedNames NONE = new AllowedNames(List.of(), List.of());

  private final List<HostPattern> hosts;
  private final List<OriginPattern> origins;

  private AllowedNames(List<HostPattern> hosts, List<OriginPattern> origins) {
    this.hosts = hosts;
    this.origins = origins;
  }

  /**
   * @param text a host name, such as {@code push.example.com} or {@code *.example.com}
   * @throws IllegalArgumentException when the text is not a host name; the message can follow an
   *     option's name
   */
  public AllowedNames withHost(String text) {
    return new AllowedNames(plus(hosts, HostPattern.parse(text)), origins);
  }

  /**
   * @param text an origin, such as {@code https://app.example.com}, {@code null}, or {@code *}
   * @throws IllegalArgumentException when the text is not an origin; the message can follow an
   *     option's name
   */
  public AllowedNames withOrigin(String text) {
    return new AllowedNames(hosts, plus(origins, OriginPattern.parse(text)));
  }

  /** Returns the additional host names. */
  public List<HostPattern> hosts() {
    return hosts;
  }

  /** Returns the origins. */
  public List<OriginPattern> origins() {
    return origins;
  }

  AllowedHosts hosts(String bind) {
    return new AllowedHosts(new OwnNames(bind, hosts));
  }

  private static <T> List<T> plus(List<T> list, T more) {
    return Stream.concat(list.stream(), Stream.of(more)).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AllowedNames names
        && hosts.equals(names.hosts)
        && origins.equals(names.origins);
  }

  @Override
  public int hashCode() {
    return hosts.hashCode() * 31 + origins.hashCode();
  }
}
