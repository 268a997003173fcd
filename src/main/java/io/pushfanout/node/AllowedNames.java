package io.pushfanout.node;

import io.pushfanout.model.HostPattern;
import io.pushfanout.model.OwnNames;
import java.util.List;
import java.util.stream.Stream;

/**
 * The names besides its own that a node answers to, and the pages of other sites that may watch it.
 */
public final class AllowedNames {
  /** Its own names, and near pages, alone. */
  public static final AllowedNames NONE = new AllowedNames(List.of(), List.of());

  private final List<HostPattern> hosts;
  private final List<OriginPattern> origins;

  private AllowedNames(List<HostPattern> hosts, List<OriginPattern> origins) {
    this.hosts = hosts;
    this.origins = origins;
  }

  /**
   * @param text a host name, such as {@code push.example.com} or {@code *.example.com}
   * @throws IllegalArgumentException when it is none; the message can follow an option's name
   */
  public AllowedNames withHost(String text) {
    return new AllowedNames(plus(hosts, HostPattern.parse(text)), origins);
  }

  /**
   * @param text an origin, such as {@code https://app.example.com}, {@code null}, or {@code *}
   * @throws IllegalArgumentException when it is none; the message can follow an option's name
   */
  public AllowedNames withOrigin(String text) {
    return new AllowedNames(hosts, plus(origins, OriginPattern.parse(text)));
  }

  /** The names besides its own. */
  public List<HostPattern> hosts() {
    return hosts;
  }

  OwnHosts hosts(String bind) {
    return new OwnHosts(new OwnNames(bind, hosts));
  }

  Origins origins() {
    return new Origins(origins);
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
