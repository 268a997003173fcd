package io.pushfanout.plan;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.text.GlobSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of each node of one spec: those of the first override that matches it, or the
 * fanout's. Overrides are compiled once, and each node is matched once. Instances are not
 * thread-safe.
 */
public final class NodeSettings {
  /**
   * Spare entries of the cache: removed nodes are dropped together, once they may outnumber the
   * present ones.
   */
  private static final int SPARE = 1_000;

  private final FanoutSettings settings;
  private final List<NodeOverride> overrides;
  private final GlobSet globs;

  /** The settings of each glob's override, in the order of the globs. */
  private final List<FanoutSettings> byGlob = new ArrayList<>();

  private final Map<NodeAddress, FanoutSettings> known = new HashMap<>();

  /**
   * @param overrides the overrides in their order
   */
  public NodeSettings(FanoutSettings settings, List<NodeOverride> overrides) {
    this.settings = settings;
    this.overrides = List.copyOf(overrides);
    List<String> all = new ArrayList<>();
    for (NodeOverride override : overrides) {
      FanoutSettings changed = override.applyTo(settings);
      for (String glob : override.nodes()) {
        all.add(glob);
        byGlob.add(changed);
      }
    }
    globs = new GlobSet(all);
  }

  /** Returns the settings of the fanout without overrides. */
  FanoutSettings settings() {
    return settings;
  }

  /** Returns whether these are the settings of the spec. */
  public boolean areOf(FanoutSpec spec) {
    return settings.equals(spec.settings()) && overrides.equals(spec.overrides());
  }

  FanoutSettings of(NodeAddress node) {
    return byGlob.isEmpty() ? settings : known.computeIfAbsent(node, this::find);
  }

  private FanoutSettings find(NodeAddress node) {
    int glob = globs.first(node.toString());
    return glob < 0 ? settings : byGlob.get(glob);
  }

  /** Clears the cache if it has many more nodes than the given number. */
  public void bound(int nodes) {
    if (known.size() > 2 * nodes + SPARE) {
      known.clear();
    }
  }
}
