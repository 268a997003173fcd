package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownNodesTest {
  private final Map<NodeAddress, Long> connected = new HashMap<>();
  private final KnownNodes known = new KnownNodes(() -> connected, () -> 0);

  private Set<NodeAddress> registered(String name, int count) {
    Set<NodeAddress> nodes =
        IntStream.range(0, count)
            .mapToObj(i -> new NodeAddress(name + i, 1))
            .collect(Collectors.toSet());
    known.found("chat", new Registrations(nodes, List.of(), Set.of(), null));
    return nodes;
  }

  /**
   * A registrar that exchanges all registrations again and again must not add as many nodes each
   * time.
   */
  @Test
  void keptNodesAndRegistrationsAreBoundedTogether() {
    List<FanoutSpec> specs =
        List.of(
            FanoutSpec.of(
                Rig.FANOUT,
                FanoutSettings.DEFAULT,
                new Discovery.Etcd("chat", Duration.ofSeconds(30))));
    for (NodeAddress node : registered("a", 15_000)) {
      connected.put(node, 0L);
    }
    known.of(specs);
    Set<NodeAddress> now = registered("b", 15_000);

    Set<NodeAddress> nodes = known.of(specs).getFirst().discovered().nodes();
    assertThat(nodes).hasSize(Bounds.REGISTERED_NODES_MAX);
    // AssertJ compares each with each, which takes half a minute.
    assertThat(nodes.containsAll(now)).isTrue();
  }
}
