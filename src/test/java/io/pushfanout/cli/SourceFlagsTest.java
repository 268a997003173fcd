package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.app.SourceOptions;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** ServeCommandTest covers the flags that contradict each other. */
class SourceFlagsTest {
  @Test
  void thereAreAsManyNodesAsAResourceMayHaveAndOneTwiceIsOne() {
    List<NodeAddress> nodes =
        new ArrayList<>(
            IntStream.rangeClosed(1, Bounds.STATIC_NODES_MAX)
                .mapToObj(i -> new NodeAddress("node-" + i, 1))
                .toList());
    nodes.add(nodes.getFirst());
    assertThat(of(nodes).nodes()).hasSize(Bounds.STATIC_NODES_MAX);

    nodes.add(new NodeAddress("another", 1));
    assertThatThrownBy(() -> of(nodes))
        .isInstanceOf(UsageException.class)
        .hasMessage("--node: may be given at most %d times".formatted(Bounds.STATIC_NODES_MAX));
  }

  private static SourceOptions of(List<NodeAddress> nodes) {
    return SourceFlags.of(nodes, List.of(), null, null);
  }
}
