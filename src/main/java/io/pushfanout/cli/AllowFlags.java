package io.pushfanout.cli;

import io.pushfanout.model.HostPattern;
import io.pushfanout.model.OriginPattern;
import io.pushfanout.node.AllowedNames;
import io.pushfanout.options.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** Flags for the host names and the page origins that browsers may use at the HTTP port. */
final class AllowFlags {
  static final String ALLOW_HOST = "--allow-host";
  static final String HTTP_ALLOW_ORIGIN = "--http-allow-origin";
  private static final String ALLOW_ORIGIN = "--allow-origin";

  @Option(
      names = ALLOW_HOST,
      paramLabel = "HOST",
      split = ",",
      description =
          "A name that browsers may use for the HTTP port, besides IP addresses, localhost and"
              + " --bind; *.example.com is every name below it. There is no * alone: any site could"
              + " point its own name here. Others get 421.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = ALLOW_ORIGIN,
      paramLabel = "ORIGIN",
      split = ",",
      description =
          "An origin whose pages may open WebSockets, besides this machine's and the same host's:"
              + " https://app.example.com, https://*.example.com, * for all but null, or null (pages"
              + " from files, sandboxes). Others get 403.")
  private List<String> origins = new ArrayList<>();

  /**
   * Returns the allowed names.
   *
   * @throws UsageException with the flag of an invalid value
   */
  AllowedNames names() {
    AllowedNames names = AllowedNames.NONE;
    names = all(names, ALLOW_HOST, hosts, AllowedNames::withHost);
    return all(names, ALLOW_ORIGIN, origins, AllowedNames::withOrigin);
  }

  /**
   * Returns the allowed hosts of a port without pages.
   *
   * @throws UsageException with the flag of an invalid value
   */
  static List<HostPattern> hosts(List<String> values) {
    return all(AllowedNames.NONE, ALLOW_HOST, values, AllowedNames::withHost).hosts();
  }

  /**
   * Returns the origins whose pages may broadcast.
   *
   * @throws UsageException with the flag of an invalid value
   */
  static List<OriginPattern> origins(List<String> values) {
    return all(AllowedNames.NONE, HTTP_ALLOW_ORIGIN, values, AllowedNames::withOrigin).origins();
  }

  private static AllowedNames all(
      AllowedNames names,
      String flag,
      List<String> values,
      BiFunction<AllowedNames, String, AllowedNames> with) {
    for (String value : values) {
      try {
        names = with.apply(names, value.strip());
      } catch (IllegalArgumentException e) {
        throw new UsageException(flag, String.valueOf(e.getMessage()));
      }
    }
    return names;
  }
}
