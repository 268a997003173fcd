package io.pushfanout.history;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingField;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of a spec that an edit has changed, each as {@code FIELD OLD → NEW}. Pure. */
public final class FieldChanges {
  private static final String NONE = "none";

  private FieldChanges() {}

  /** Returns the fields of the settings that differ, in the order of the spec. */
  public static List<String> between(FanoutSettings before, FanoutSettings after) {
    return between(fields(before), fields(after));
  }

  /** Returns all fields that differ, overrides and discovery included. */
  static List<String> between(FanoutSpec before, FanoutSpec after) {
    return between(fields(before), fields(after));
  }

  /** Returns every field that has a value, as {@code FIELD VALUE}. */
  static List<String> of(FanoutSpec spec) {
    return fields(spec).entrySet().stream()
        .map(field -> field.getKey() + " " + field.getValue())
        .toList();
  }

  private static List<String> between(Map<String, String> before, Map<String, String> after) {
    Set<String> paths = new LinkedHashSet<>(before.keySet());
    paths.addAll(after.keySet());
    List<String> changes = new ArrayList<>();
    for (String path : paths) {
      String was = before.getOrDefault(path, NONE);
      String is = after.getOrDefault(path, NONE);
      if (!was.equals(is)) {
        changes.add("%s %s → %s".formatted(path, was, is));
      }
    }
    return changes;
  }

  private static Map<String, String> fields(FanoutSettings settings) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (SettingField field : SettingField.values()) {
      put(fields, field.path(), field.show(settings));
    }
    return fields;
  }

  private static Map<String, String> fields(FanoutSpec spec) {
    Map<String, String> fields = new LinkedHashMap<>();
    switch (spec.discovery()) {
      case Discovery.Etcd(String service, var prefix, Duration grace) -> {
        fields.put("discovery.etcd.serviceName", service);
        put(fields, "discovery.etcd.prefix", prefix);
        fields.put("discovery.etcd.removalGracePeriod", DurationFormat.format(grace));
      }
      case Discovery.EndpointSlices slices -> {
        fields.put("discovery.endpointSlices.serviceName", slices.serviceName());
        fields.put("discovery.endpointSlices.port", slices.port());
        fields.put(
            "discovery.endpointSlices.removalGracePeriod",
            DurationFormat.format(slices.removalGracePeriod()));
      }
      case Discovery.Dns dns -> {
        put(fields, "discovery.dns.name", dns.name());
        put(fields, "discovery.dns.port", dns.port());
        put(fields, "discovery.dns.srv", dns.srv());
        fields.put("discovery.dns.refresh", DurationFormat.format(dns.refresh()));
        fields.put(
            "discovery.dns.removalGracePeriod", DurationFormat.format(dns.removalGracePeriod()));
      }
      case Discovery.Static(Set<NodeAddress> nodes) ->
          fields.put("discovery.static.nodes", "[" + NodeNames.of(new TreeSet<>(nodes)) + "]");
    }
    fields.putAll(fields(spec.settings()));
    spec.overrides()
        .forEach(override -> fields.put("overrides." + override.name(), text(override)));
    return fields;
  }

  private static String text(NodeOverride override) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("nodes", NodeNames.cut(override.nodes()));
    put(fields, "workers", override.workers());
    put(fields, "queueSize", override.queueSize());
    Long bytes = override.queueBytes();
    put(fields, "queueBytes", bytes == null ? null : QuantityFormat.format(bytes));
    Duration timeout = override.rpcTimeout();
    put(fields, "rpcTimeout", timeout == null ? null : DurationFormat.format(timeout));
    return fields.entrySet().stream()
        .map(field -> field.getKey() + " " + field.getValue())
        .collect(Collectors.joining("; ", "{", "}"));
  }

  private static void put(Map<String, String> fields, String path, @Nullable Object value) {
    if (value != null && !value.equals("")) {
      fields.put(path, value.toString());
    }
  }
}
