package io.pushfanout.checkpoint;

import com.google.common.collect.ImmutableMap;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingField;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The form of a spec in its resource, with the value in force of every field. */
final class SpecJson {
  /** The fields in the resource's order. */
  private record Etcd(String serviceName, String removalGracePeriod, @Nullable String prefix) {}

  private record EndpointSlices(String serviceName, String port, String removalGracePeriod) {}

  private record Dns(
      @Nullable String name,
      @Nullable Integer port,
      @Nullable String srv,
      String refresh,
      String removalGracePeriod) {}

  private record OverrideForm(
      String name,
      List<String> nodes,
      @Nullable Integer workers,
      @Nullable Integer queueSize,
      @Nullable String queueBytes,
      @Nullable String rpcTimeout) {}

  private SpecJson() {}

  static Map<String, Object> resource(FanoutSpec spec) {
    // An empty value means that the field is left out.
    ImmutableMap.Builder<String, Object> fields =
        ImmutableMap.<String, Object>builder()
            .putAll(SettingField.nested(spec.settings(), value -> !value.equals("")))
            .put("discovery", discovery(spec.discovery()));
    if (!spec.overrides().isEmpty()) {
      fields.put("overrides", spec.overrides().stream().map(SpecJson::override).toList());
    }
    return ImmutableMap.of(
        "apiVersion",
        "pushfanout.io/v1alpha1",
        "kind",
        "PushFanout",
        "metadata",
        ImmutableMap.of("namespace", spec.name().namespace(), "name", spec.name().name()),
        "spec",
        fields.build());
  }

  private static Map<String, Object> discovery(Discovery discovery) {
    return switch (discovery) {
      case Discovery.Etcd etcd ->
          Map.of(
              "etcd",
              new Etcd(
                  etcd.serviceName(),
                  DurationFormat.format(etcd.removalGracePeriod()),
                  etcd.prefix()));
      case Discovery.EndpointSlices slices ->
          Map.of(
              "endpointSlices",
              new EndpointSlices(
                  slices.serviceName(),
                  slices.port(),
                  DurationFormat.format(slices.removalGracePeriod())));
      case Discovery.Dns dns ->
          Map.of(
              "dns",
              new Dns(
                  dns.name(),
                  dns.port(),
                  dns.srv(),
                  DurationFormat.format(dns.refresh()),
                  DurationFormat.format(dns.removalGracePeriod())));
      case Discovery.Static fixed -> Map.of("static", Map.of("nodes", texts(fixed.nodes())));
    };
  }

  /** Returns the addresses in order. */
  static List<String> texts(Set<NodeAddress> nodes) {
    return nodes.stream().sorted().map(NodeAddress::toString).toList();
  }

  private static OverrideForm override(NodeOverride of) {
    return new OverrideForm(
        of.name(),
        of.nodes(),
        of.workers(),
        of.queueSize(),
        of.queueBytes() == null ? null : QuantityFormat.format(of.queueBytes()),
        of.rpcTimeout() == null ? null : DurationFormat.format(of.rpcTimeout()));
  }
}
