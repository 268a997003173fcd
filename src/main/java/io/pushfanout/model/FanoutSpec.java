package io.pushfanout.model;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One PushFanout resource: what somebody wants, before anyone has looked for its nodes.
 *
 * @param generation of the resource; 1 where there is no resource
 * @param created decides who keeps a node that two claim: the older. {@link Instant#EPOCH} for all
 *     fanouts of files and flags
 * @param overrides in their order, at most {@value Bounds#OVERRIDES_MAX}, each name once: the first
 *     that matches a node decides. Their globs with wildcards have at most {@value
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
        overrides.get(i).applyTo(settings); // It is held to the bounds of the fields that it sets.
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

  /** A fanout that no resource describes. */
  public static FanoutSpec of(FanoutName name, FanoutSettings settings, Discovery discovery) {
    return new FanoutSpec(name, 1, Instant.EPOCH, settings, List.of(), discovery);
  }
}
