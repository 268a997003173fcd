package io.pushfanout.config;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.SettingException;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.Printable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A reader of {@code spec.discovery}. After a problem its result is meaningless. */
final class DiscoveryReader {
  private static final Duration GRACE = Discovery.Watched.DEFAULT_GRACE;
  private static final String PORT = Discovery.EndpointSlices.DEFAULT_PORT;
  private static final Duration REFRESH = Discovery.Dns.DEFAULT_REFRESH;
  private static final List<String> KINDS = List.of("etcd", "static", "endpointSlices", "dns");

  private DiscoveryReader() {}

  /**
   * @param namespace that of the resource
   */
  static Discovery read(YamlValue value, String namespace) {
    return value.map().map(map -> read(value, map, namespace)).orElse(Discovery.DEFAULT);
  }

  private static Discovery read(YamlValue value, YamlMap discovery, String namespace) {
    discovery.allowOnly(KINDS);
    if (KINDS.stream().filter(kind -> discovery.get(kind).isPresent()).count() != 1) {
      value.problem("must have exactly one of " + Discovery.KINDS);
    }
    return Stream.of(
            discovery.get("static").flatMap(YamlValue::map).flatMap(DiscoveryReader::ofList),
            discovery.get("etcd").flatMap(YamlValue::map).map(DiscoveryReader::etcd),
            discovery
                .get("endpointSlices")
                .flatMap(YamlValue::map)
                .flatMap(map -> endpointSlices(map, namespace)),
            discovery.get("dns").flatMap(YamlValue::map).flatMap(DiscoveryReader::dns))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(Discovery.DEFAULT);
  }

  private static Discovery etcd(YamlMap etcd) {
    etcd.allowOnly(List.of("serviceName", "prefix", "removalGracePeriod"));
    String service = Discovery.Etcd.DEFAULT_SERVICE;
    return new Discovery.Etcd(
        text(etcd, "serviceName", name -> new Discovery.Etcd(name, GRACE)).orElse(service),
        text(etcd, "prefix", prefix -> new Discovery.Etcd(service, prefix, GRACE)).orElse(null),
        duration(etcd, "removalGracePeriod", grace -> new Discovery.Etcd(service, grace))
            .orElse(GRACE));
  }

  private static Optional<Discovery> endpointSlices(YamlMap slices, String namespace) {
    slices.allowOnly(List.of("serviceName", "port", "removalGracePeriod"));
    slices.require("serviceName");
    Optional<String> service = text(slices, "serviceName", name -> ofSlices(name, PORT, GRACE));
    String port =
        slices
            .get("port")
            .flatMap(value -> checked(value, value.textOrWhole(), p -> ofSlices("x", p, GRACE)))
            .orElse(PORT);
    Duration grace =
        duration(slices, "removalGracePeriod", time -> ofSlices("x", PORT, time)).orElse(GRACE);
    return service.map(name -> new Discovery.EndpointSlices(namespace, name, port, grace));
  }

  private static Discovery ofSlices(String service, String port, Duration grace) {
    return new Discovery.EndpointSlices("x", service, port, grace);
  }

  private static Optional<Discovery> dns(YamlMap dns) {
    dns.allowOnly(List.of("name", "port", "srv", "refresh", "removalGracePeriod"));
    boolean named = dns.get("name").isPresent();
    if (named == dns.get("srv").isPresent()) {
      dns.self().problem("must have exactly one of name and srv");
    } else if (named != dns.get("port").isPresent()) {
      dns.self().problem("must have port with name, and only with name");
    }
    @Nullable String name =
        text(dns, "name", text -> new Discovery.Dns(text, 1, null, REFRESH, GRACE)).orElse(null);
    @Nullable String srv = text(dns, "srv", text -> ofSrv(text, REFRESH, GRACE)).orElse(null);
    @Nullable Integer port = dns.get("port").flatMap(DiscoveryReader::port).orElse(null);
    Duration refresh = duration(dns, "refresh", time -> ofSrv("x", time, GRACE)).orElse(REFRESH);
    Duration grace =
        duration(dns, "removalGracePeriod", time -> ofSrv("x", REFRESH, time)).orElse(GRACE);
    // Each missing part has been reported.
    return (name == null) == (srv == null) || (name == null) != (port == null)
        ? Optional.empty()
        : Optional.of(new Discovery.Dns(name, port, srv, refresh, grace));
  }

  private static Discovery.Dns ofSrv(String srv, Duration refresh, Duration grace) {
    return new Discovery.Dns(null, null, srv, refresh, grace);
  }

  private static Optional<Integer> port(YamlValue value) {
    Optional<Integer> port = value.whole().map(Integer::valueOf);
    return port.filter(
        number -> accepts(value, "", () -> new Discovery.Dns("x", number, null, REFRESH, GRACE)));
  }

  /** Returns the text of a field, unless its check refuses it. */
  private static Optional<String> text(YamlMap map, String field, Consumer<String> check) {
    return map.get(field).flatMap(value -> checked(value, value.text(), check));
  }

  private static Optional<String> checked(
      YamlValue value, Optional<String> text, Consumer<String> check) {
    return text.filter(
        given -> accepts(value, ", is " + Printable.quoted(given), () -> check.accept(given)));
  }

  private static Optional<Duration> duration(YamlMap map, String field, Consumer<Duration> check) {
    return map.get(field)
        .flatMap(
            value ->
                value
                    .text()
                    .flatMap(text -> duration(value, text))
                    .filter(time -> accepts(value, "", () -> check.accept(time))));
  }

  private static Optional<Duration> duration(YamlValue value, String text) {
    try {
      return Optional.of(DurationFormat.parse(text));
    } catch (IllegalArgumentException e) {
      value.problem(e.getMessage() + ", is \"" + text + "\"");
      return Optional.empty();
    }
  }

  /**
   * Runs the model's check of a value and reports its refusal.
   *
   * @param shown the value, for a refusal that does not show it
   */
  private static boolean accepts(YamlValue value, String shown, Runnable check) {
    try {
      check.run();
      return true;
    } catch (SettingException e) {
      value.problem(e.problem() + shown);
      return false;
    }
  }

  private static Optional<Discovery> ofList(YamlMap fixed) {
    fixed.allowOnly(List.of("nodes"));
    Map<NodeAddress, YamlValue> places = new HashMap<>();
    fixed
        .require("nodes")
        .flatMap(nodes -> nodes.list(Bounds.STATIC_NODES_MIN, Bounds.STATIC_NODES_MAX))
        .ifPresent(items -> items.forEach(item -> addTo(places, item)));
    return places.isEmpty() ? Optional.empty() : Optional.of(new Discovery.Static(places.keySet()));
  }

  private static void addTo(Map<NodeAddress, YamlValue> places, YamlValue item) {
    item.text()
        .ifPresent(
            text -> {
              try {
                NodeAddress address = NodeAddress.parse(text);
                YamlValue first = places.putIfAbsent(address, item);
                if (first != null) {
                  item.problem("is there twice: %s is in line %d".formatted(address, first.line()));
                }
              } catch (IllegalArgumentException e) {
                item.problem(String.valueOf(e.getMessage()));
              }
            });
  }
}
