package io.pushfanout.operator.policy;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.policy.TenantPolicy.NotAllowedException;
import io.pushfanout.text.DnsLabel;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The largest values that the resources of a namespace may have. They are set by the operator of
 * the installation and outrank every resource. Pure.
 *
 * @param bounds ceilings of fields; a namespace's own ceiling replaces the general one
 */
public record Ceilings(Map<Scope, Long> bounds) {
  public static final Ceilings NONE = new Ceilings(Map.of());
  public static final String FLAG = "--ceiling";

  /** Stands for all namespaces. */
  private static final String EVERY = "";

  private static final String FORM = "[NAMESPACE:]FIELD=VALUE";

  private static final Comparator<Map.Entry<FanoutName, Instant>> BY_AGE =
      Map.Entry.<FanoutName, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey());

  /** The namespace and the field of a ceiling. */
  record Scope(String namespace, CeilingField field) {}

  public Ceilings {
    bounds = Map.copyOf(bounds);
  }

  /**
   * Reads ceilings.
   *
   * @param texts each {@code [NAMESPACE:]FIELD=VALUE}
   * @throws SettingException whose field is the flag, for a malformed text
   */
  public static Ceilings parse(List<String> texts) {
    Map<Scope, Long> bounds = new HashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      String key = text.substring(0, Math.max(equals, 0));
      int colon = key.indexOf(':');
      String namespace = key.substring(0, Math.max(colon, 0));
      if (equals < 0 || (colon >= 0 && !DnsLabel.is(namespace))) {
        throw new SettingException(FLAG, "must be %s, is \"%s\"".formatted(FORM, text));
      }
      CeilingField field = field(key.substring(colon + 1));
      long bound = bound(field, text.substring(equals + 1));
      if (bounds.put(new Scope(namespace, field), bound) != null) {
        throw new SettingException(FLAG, "\"%s\" is there twice".formatted(key));
      }
    }
    return new Ceilings(bounds);
  }

  private static CeilingField field(String label) {
    return CeilingField.of(label)
        .orElseThrow(
            () ->
                new SettingException(
                    FLAG,
                    "must be %s with a FIELD of %s, is of \"%s\""
                        .formatted(FORM, CeilingField.labels(), label)));
  }

  private static long bound(CeilingField field, String text) {
    try {
      return field.parse(text);
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          FLAG, "%s %s, is \"%s\"".formatted(field.label(), e.getMessage(), text));
    }
  }

  private @Nullable Long bound(String namespace, CeilingField field) {
    Long own = bounds.get(new Scope(namespace, field));
    return own == null ? bounds.get(new Scope(EVERY, field)) : own;
  }

  /**
   * Rejects a fanout with a value above a ceiling of its namespace, in its settings or in an
   * override.
   *
   * @throws OverCeilingException names the field, its value and the ceiling
   */
  void check(FanoutSpec fanout) {
    if (bounds.isEmpty()) {
      return;
    }
    check(fanout, fanout.settings(), "");
    for (int i = 0; i < fanout.overrides().size(); i++) {
      FanoutSettings settings = fanout.overrides().get(i).applyTo(fanout.settings());
      check(fanout, settings, "overrides[%d].".formatted(i));
    }
  }

  private void check(FanoutSpec fanout, FanoutSettings settings, String prefix) {
    String namespace = fanout.name().namespace();
    for (CeilingField field : CeilingField.values()) {
      Long bound = bound(namespace, field);
      long value = field.valueOf(fanout, settings);
      if (bound != null && value > bound) {
        throw new OverCeilingException(
            prefix + field.path(),
            "%1$s is above the ceiling of %2$s for namespace %3$s; an administrator of PushFanout allows it with %4$s %3$s:%5$s=%1$s"
                .formatted(
                    field.format(value), field.format(bound), namespace, FLAG, field.label()));
      }
    }
  }

  /**
   * Returns the resources beyond their namespace's ceiling of resources. The oldest resources stay,
   * as they do when two claim a node; resources of one age stay in the order of their names.
   *
   * @param created creation times of all resources
   */
  public Set<FanoutName> beyond(Map<FanoutName, Instant> created) {
    Set<FanoutName> beyond = new HashSet<>();
    created.entrySet().stream()
        .collect(Collectors.groupingBy(resource -> resource.getKey().namespace()))
        .forEach(
            (namespace, resources) -> {
              Long bound = bound(namespace, CeilingField.RESOURCES);
              if (bound != null && bound < resources.size()) {
                resources.stream()
                    .sorted(BY_AGE)
                    .skip(bound)
                    .forEach(resource -> beyond.add(resource.getKey()));
              }
            });
    return beyond;
  }

  /**
   * Returns the refusal of a resource that is {@link #beyond} the ceiling. The text does not depend
   * on the number of older resources, so that it stays the same while they come and go.
   */
  public OverCeilingException tooMany(String namespace) {
    return new OverCeilingException(
        CeilingField.RESOURCES.path(),
        "resources of namespace %1$s are above its ceiling of %2$d, and as many are older than this one; an administrator of PushFanout allows it with %3$s %1$s:%4$s=NUMBER"
            .formatted(
                namespace,
                bound(namespace, CeilingField.RESOURCES),
                FLAG,
                CeilingField.RESOURCES.label()));
  }

  /** A refusal of a valid spec with a value above a ceiling of its namespace. */
  public static final class OverCeilingException extends NotAllowedException {
    OverCeilingException(String field, String problem) {
      super(field, problem);
    }

    @Override
    public String reason() {
      return "OverCeiling";
    }
  }
}
