package io.pushfanout.operator;

import com.google.common.base.Strings;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.resource.DiscoverySpec;
import io.pushfanout.operator.resource.DnsSpec;
import io.pushfanout.operator.resource.EndpointSlicesSpec;
import io.pushfanout.operator.resource.EtcdSpec;
import io.pushfanout.operator.resource.StaticSpec;
import io.pushfanout.text.DurationFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads {@code spec.discovery}. */
final class DiscoveryMapping {
  private static final String NODES = "discovery.static.nodes";

  private DiscoveryMapping() {}

  /**
   * @param namespace that of the resource
   */
  static Discovery read(@Nullable DiscoverySpec spec, String namespace) {
    if (spec == null) {
      return Discovery.DEFAULT;
    }
    List<Supplier<Discovery>> given = new ArrayList<>();
    EtcdSpec etcd = spec.etcd();
    if (etcd != null) {
      given.add(() -> etcd(etcd));
    }
    StaticSpec fixed = spec.fixed();
    if (fixed != null) {
      given.add(() -> fixed(fixed));
    }
    EndpointSlicesSpec slices = spec.endpointSlices();
    if (slices != null) {
      given.add(() -> endpointSlices(slices, namespace));
    }
    DnsSpec dns = spec.dns();
    if (dns != null) {
      given.add(() -> dns(dns));
    }
    if (given.size() != 1) {
      throw new SettingException("discovery", "must have exactly one of " + Discovery.KINDS);
    }
    return given.getFirst().get();
  }

  private static Discovery etcd(EtcdSpec etcd) {
    return new Discovery.Etcd(
        etcd.serviceName() == null ? Discovery.Etcd.DEFAULT_SERVICE : etcd.serviceName(),
        etcd.prefix(),
        grace("etcd", etcd.removalGracePeriod()));
  }

  private static Discovery endpointSlices(EndpointSlicesSpec slices, String namespace) {
    return new Discovery.EndpointSlices(
        namespace,
        Strings.nullToEmpty(slices.serviceName()),
        slices.port() == null ? Discovery.EndpointSlices.DEFAULT_PORT : slices.port(),
        grace("endpointSlices", slices.removalGracePeriod()));
  }

  private static Discovery dns(DnsSpec dns) {
    return new Discovery.Dns(
        dns.name(),
        dns.port(),
        dns.srv(),
        duration("discovery.dns.refresh", dns.refresh(), Discovery.Dns.DEFAULT_REFRESH),
        grace("dns", dns.removalGracePeriod()));
  }

  private static Duration grace(String kind, @Nullable String text) {
    return duration(
        "discovery." + kind + ".removalGracePeriod", text, Discovery.Watched.DEFAULT_GRACE);
  }

  private static Duration duration(String field, @Nullable String text, Duration otherwise) {
    try {
      return text == null ? otherwise : DurationFormat.parse(text);
    } catch (IllegalArgumentException e) {
      throw new SettingException(field, e.getMessage() + ", is \"" + text + "\"");
    }
  }

  private static Discovery fixed(StaticSpec fixed) {
    List<String> nodes = fixed.nodes() == null ? List.of() : fixed.nodes();
    Set<NodeAddress> addresses = new LinkedHashSet<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (!addresses.add(address(i, nodes.get(i)))) {
        throw new SettingException(NODES + "[" + i + "]", "is there twice: " + nodes.get(i));
      }
    }
    return new Discovery.Static(addresses);
  }

  private static NodeAddress address(int index, @Nullable String text) {
    try {
      return NodeAddress.parse(Strings.nullToEmpty(text));
    } catch (IllegalArgumentException e) {
      throw new SettingException(NODES + "[" + index + "]", String.valueOf(e.getMessage()));
    }
  }
}
