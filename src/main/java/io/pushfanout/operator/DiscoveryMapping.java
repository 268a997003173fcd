package io.pushfanout.operator;

import com.google.common.base.Strings;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.resource.DiscoverySpec;
import io.pushfanout.operator.resource.EtcdSpec;
import io.pushfanout.operator.resource.StaticSpec;
import io.pushfanout.text.DurationFormat;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code spec.discovery}. */
final class DiscoveryMapping {
  private static final String NODES = "discovery.static.nodes";

  private DiscoveryMapping() {}

  static Discovery read(@Nullable DiscoverySpec spec) {
    if (spec == null) {
      return Discovery.DEFAULT;
    }
    EtcdSpec etcd = spec.etcd();
    StaticSpec fixed = spec.fixed();
    if (etcd != null && fixed == null) {
      return etcd(etcd);
    }
    if (fixed != null && etcd == null) {
      return fixed(fixed);
    }
    throw new SettingException("discovery", "must have exactly one of etcd and static");
  }

  private static Discovery etcd(EtcdSpec etcd) {
    return new Discovery.Etcd(
        etcd.serviceName() == null ? Discovery.Etcd.DEFAULT_SERVICE : etcd.serviceName(),
        etcd.prefix(),
        etcd.removalGracePeriod() == null
            ? Discovery.Etcd.DEFAULT_GRACE
            : grace(etcd.removalGracePeriod()));
  }

  private static Duration grace(String text) {
    try {
      return DurationFormat.parse(text);
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "discovery.etcd.removalGracePeriod", e.getMessage() + ", is \"" + text + "\"");
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
