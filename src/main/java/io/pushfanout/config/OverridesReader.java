package io.pushfanout.config;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A reader of {@code spec.overrides}. */
final class OverridesReader {
  private final FanoutSettings settings;
  private final Map<String, YamlValue> names = new HashMap<>();
  private final List<NodeOverride> overrides = new ArrayList<>();

  private OverridesReader(FanoutSettings settings) {
    this.settings = settings;
  }

  /**
   * Returns the valid overrides.
   *
   * @param settings settings of the fanout
   */
  static List<NodeOverride> read(YamlValue value, FanoutSettings settings) {
    OverridesReader reader = new OverridesReader(settings);
    value
        .list(0, Bounds.OVERRIDES_MAX)
        .ifPresent(items -> items.forEach(item -> item.map().ifPresent(reader::add)));
    return reader.overrides;
  }

  private void add(YamlMap map) {
    YamlValue item = map.self();
    int problemsBefore = item.problems().count();
    String name = map.require("name").flatMap(this::name).orElse("");
    List<String> nodes = new ArrayList<>();
    map.require("nodes")
        .flatMap(v -> v.list(Bounds.OVERRIDE_NODES_MIN, Bounds.OVERRIDE_NODES_MAX))
        .ifPresent(globs -> globs.forEach(glob -> glob(glob).ifPresent(nodes::add)));
    SettingsReader own = new SettingsReader(map, NodeOverride.FIELDS, List.of("name", "nodes"));
    if (NodeOverride.FIELDS.stream().noneMatch(f -> map.get(f.path()).isPresent())) {
      item.problem(
          "must set one of "
              + NodeOverride.FIELDS.stream()
                  .map(SettingField::path)
                  .collect(Collectors.joining(", ")));
    }
    FanoutSettings values = own.applyTo(settings);
    if (item.problems().count() == problemsBefore) {
      overrides.add(NodeOverride.of(name, nodes, values, own.given()));
    }
  }

  private Optional<String> name(YamlValue value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return text;
    }
    try {
      NodeOverride.checkName(text.get());
    } catch (SettingException e) {
      value.problem(e.problem());
      return Optional.empty();
    }
    @Nullable YamlValue first = names.putIfAbsent(text.get(), value);
    if (first != null) {
      value.problem("is there twice: \"%s\" is in line %d".formatted(text.get(), first.line()));
    }
    return text;
  }

  private static Optional<String> glob(YamlValue value) {
    return value
        .text()
        .flatMap(
            text -> {
              try {
                return Optional.of(NodeOverride.normalGlob(text));
              } catch (SettingException e) {
                value.problem(e.problem());
                return Optional.empty();
              }
            });
  }
}
