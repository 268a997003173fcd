package io.pushfanout.cli;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.SettingException;
import io.pushfanout.text.DurationFormat;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of {@code discovery} among the assignments of {@code --set}, all of one kind. */
final class DiscoveryFlags {
  private static final String PREFIX = "discovery.";

  /** The fields that can be set, in the order of the help. */
  static final List<String> FIELDS =
      List.of(
          "discovery.etcd.serviceName",
          "discovery.etcd.prefix",
          "discovery.etcd.removalGracePeriod",
          "discovery.endpointSlices.serviceName",
          "discovery.endpointSlices.port",
          "discovery.endpointSlices.removalGracePeriod",
          "discovery.dns.name",
          "discovery.dns.port",
          "discovery.dns.srv",
          "discovery.dns.refresh",
          "discovery.dns.removalGracePeriod");

  private final Map<String, String> values = new HashMap<>();

  /** Sets a field of {@link #FIELDS}. */
  void set(String path, String value) {
    values.put(path, value);
  }

  /**
   * Returns the discovery of the fields.
   *
   * @throws SettingException with the field of an invalid value
   */
  Discovery discovery() {
    Set<String> kinds =
        values.keySet().stream()
            .map(path -> path.substring(PREFIX.length(), path.lastIndexOf('.')))
            .collect(Collectors.toSet());
    if (kinds.size() > 1) {
      throw new SettingException("discovery", "must have exactly one of " + Discovery.KINDS);
    }
    if (kinds.contains("endpointSlices")) {
      return endpointSlices();
    }
    return kinds.contains("dns") ? dns() : etcd();
  }

  private Discovery etcd() {
    return new Discovery.Etcd(
        values.getOrDefault("discovery.etcd.serviceName", Discovery.Etcd.DEFAULT_SERVICE),
        values.get("discovery.etcd.prefix"),
        duration("discovery.etcd.removalGracePeriod", Discovery.Watched.DEFAULT_GRACE));
  }

  private Discovery endpointSlices() {
    String service = values.get("discovery.endpointSlices.serviceName");
    if (service == null) {
      throw new SettingException("discovery.endpointSlices", "needs serviceName");
    }
    return new Discovery.EndpointSlices(
        FanoutName.DEFAULT.namespace(),
        service,
        values.getOrDefault("discovery.endpointSlices.port", Discovery.EndpointSlices.DEFAULT_PORT),
        duration("discovery.endpointSlices.removalGracePeriod", Discovery.Watched.DEFAULT_GRACE));
  }

  private Discovery dns() {
    return new Discovery.Dns(
        values.get("discovery.dns.name"),
        whole("discovery.dns.port"),
        values.get("discovery.dns.srv"),
        duration("discovery.dns.refresh", Discovery.Dns.DEFAULT_REFRESH),
        duration("discovery.dns.removalGracePeriod", Discovery.Watched.DEFAULT_GRACE));
  }

  private @Nullable Integer whole(String path) {
    String value = values.get(path);
    try {
      return value == null ? null : Integer.valueOf(value);
    } catch (NumberFormatException _) {
      throw new SettingException(path, "must be a whole number, is \"" + value + "\"");
    }
  }

  private Duration duration(String path, Duration otherwise) {
    String value = values.get(path);
    try {
      return value == null ? otherwise : DurationFormat.parse(value);
    } catch (IllegalArgumentException e) {
      throw new SettingException(path, String.valueOf(e.getMessage()));
    }
  }
}
