package io.pushfanout.cli;

import io.pushfanout.app.SourceOptions;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.options.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The flags that name the source of fanouts, checked against each other. */
final class SourceFlags {
  private SourceFlags() {}

  /**
   * Returns the source that the flags name.
   *
   * @param assignments fields of the fanout of the nodes, {@code FIELD=VALUE}
   * @throws UsageException with the flag of an invalid value
   */
  static SourceOptions of(
      List<NodeAddress> nodes,
      List<String> assignments,
      @Nullable Path config,
      @Nullable KubernetesOptions kubernetes) {
    SetFlags set = SetFlags.of(assignments);
    if (kubernetes != null && !assignments.isEmpty()) {
      throw new UsageException(
          SetFlags.FLAG, "has no use beside --kubernetes, whose resources have all fields");
    }
    if (config != null && !assignments.isEmpty()) {
      throw new UsageException(
          SetFlags.FLAG, "has no use beside --config, whose files have all fields");
    }
    return new SourceOptions(nodes, set.settings(), set.discovery(), config, kubernetes);
  }
}
