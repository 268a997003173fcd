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

/** A reader of {@code spec.discovery}. After a problem its result is meaningless. */
final class DiscoveryReader {
  private static final List<String> KINDS = List.of("etcd", "static");

  private DiscoveryReader() {}

  static Discovery read(YamlValue value) {
    return value.map().map(map -> read(value, map)).orElse(Discovery.DEFAULT);
  }

  private static Discovery read(YamlValue value, YamlMap discovery) {
    discovery.allowOnly(KINDS);
    Optional<YamlValue> etcd = discovery.get("etcd");
    Optional<YamlValue> nodes = discovery.get("static");
    if (etcd.isPresent() == nodes.isPresent()) {
      value.problem("must have exactly one of etcd and static");
    }
    Optional<Discovery> ofEtcd = etcd.flatMap(YamlValue::map).map(DiscoveryReader::etcd);
    Optional<Discovery> ofNodes = nodes.flatMap(YamlValue::map).flatMap(DiscoveryReader::ofList);
    return ofNodes.or(() -> ofEtcd).orElse(Discovery.DEFAULT);
  }

  private static Discovery etcd(YamlMap etcd) {
    etcd.allowOnly(List.of("serviceName", "prefix", "removalGracePeriod"));
    String service = Discovery.Etcd.DEFAULT_SERVICE;
    Duration grace = Discovery.Etcd.DEFAULT_GRACE;
    Optional<YamlValue> name = etcd.get("serviceName");
    if (name.isPresent()) {
      service = name.get().text().filter(t -> isService(name.get(), t)).orElse(service);
    }
    String prefix =
        etcd.get("prefix")
            .flatMap(value -> value.text().filter(t -> isPrefix(value, t)))
            .orElse(null);
    Optional<YamlValue> period = etcd.get("removalGracePeriod");
    if (period.isPresent()) {
      grace = period.get().text().flatMap(t -> grace(period.get(), t)).orElse(grace);
    }
    return new Discovery.Etcd(service, prefix, grace);
  }

  private static boolean isService(YamlValue value, String name) {
    try {
      return new Discovery.Etcd(name, Discovery.Etcd.DEFAULT_GRACE).serviceName().equals(name);
    } catch (SettingException e) {
      value.problem(e.problem() + ", is \"" + name + "\"");
      return false;
    }
  }

  private static boolean isPrefix(YamlValue value, String prefix) {
    try {
      new Discovery.Etcd(Discovery.Etcd.DEFAULT_SERVICE, prefix, Discovery.Etcd.DEFAULT_GRACE);
      return true;
    } catch (SettingException e) {
      value.problem(e.problem() + ", is " + Printable.quoted(prefix));
      return false;
    }
  }

  private static Optional<Duration> grace(YamlValue value, String text) {
    try {
      Duration grace = DurationFormat.parse(text);
      return Optional.of(
          new Discovery.Etcd(Discovery.Etcd.DEFAULT_SERVICE, grace).removalGracePeriod());
    } catch (SettingException e) {
      value.problem(e.problem());
    } catch (IllegalArgumentException e) {
      value.problem(e.getMessage() + ", is \"" + text + "\"");
    }
    return Optional.empty();
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
