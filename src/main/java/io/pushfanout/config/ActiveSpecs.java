package io.pushfanout.config;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The specs in force, with the generation of each. */
final class ActiveSpecs {
  private SortedMap<FanoutName, FanoutSpec> specs = new TreeMap<>();

  /** Replaces the specs; the generation of each changed spec rises by 1. */
  void replace(Collection<FoundFanout> found) {
    SortedMap<FanoutName, FanoutSpec> next = new TreeMap<>();
    for (FoundFanout fanout : found) {
      FanoutName name = fanout.spec().name();
      FanoutSpec before = specs.get(name);
      next.put(name, before == null ? fanout.spec() : successor(before, fanout.spec()));
    }
    specs = next;
  }

  List<FanoutSpec> specs() {
    return List.copyOf(specs.values());
  }

  private static FanoutSpec successor(FanoutSpec before, FanoutSpec found) {
    return withGeneration(found, before.generation()).equals(before)
        ? before
        : withGeneration(found, before.generation() + 1);
  }

  private static FanoutSpec withGeneration(FanoutSpec spec, long generation) {
    return new FanoutSpec(
        spec.name(),
        generation,
        spec.created(),
        spec.settings(),
        spec.overrides(),
        spec.discovery());
  }
}
