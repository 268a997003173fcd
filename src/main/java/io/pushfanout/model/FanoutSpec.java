package io.pushfanout.model;

import io.pushfanout.text.GlobSet;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The spec of one PushFanout resource, before discovery of its nodes.
 *
 * @param generation the generation of the resource; 1 without a resource
 * @param created the creation time: of two fanouts that claim one node, the older keeps it. {@link
 *     Instant#EPOCH} for all fanouts of files and flags
 * @param overrides the overrides in their order, at most {@value Bounds#OVERRIDES_MAX}, with unique
 *     names; the first that matches a node applies. Their globs with wildcards have at most {@value
 *     Bounds#OVERRIDE_WILDCARDS_MAX} characters together
 */
public record FanoutSpec(
    FanoutName name,
    long generation,
    Instant created,
    FanoutSettings settings,
    List<NodeOverride> overrides,
    Discovery discovery) {

  /**
   * @throws SettingException when a value is out of bounds
   */
  public FanoutSpec {
    overrides = List.copyOf(overrides);
    Checks.range("overrides", overrides.size(), 0, Bounds.OVERRIDES_MAX);
    int wildcards = wildcardCharacters(overrides);
    if (wildcards > Bounds.OVERRIDE_WILDCARDS_MAX) {
      throw new SettingException(
          "overrides",
          "must have at most %d characters in globs with * or ?, has %d"
              .formatted(Bounds.OVERRIDE_WILDCARDS_MAX, wildcards));
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < overrides.size(); i++) {
      if (!names.add(overrides.get(i).name())) {
        throw new SettingException("overrides[" + i + "].name", "is there twice");
      }
      try {
        overrides
            .get(i)
            .applyTo(settings); // This checks the bounds of the fields that the override sets.
      } catch (SettingException e) {
        throw new SettingException("overrides[" + i + "]." + e.field(), e.problem());
      }
    }
  }

  private static int wildcardCharacters(List<NodeOverride> overrides) {
    return overrides.stream()
        .flatMap(override -> override.nodes().stream())
        .filter(GlobSet::hasWildcard)
        .mapToInt(String::length)
        .sum();
  }

  /** Returns the spec of a fanout without a resource. */
  public static FanoutSpec of(FanoutName name, FanoutSettings settings, Discovery discovery) {
    return new FanoutSpec(name, 1, Instant.EPOCH, settings, List.of(), discovery);
  }
}
