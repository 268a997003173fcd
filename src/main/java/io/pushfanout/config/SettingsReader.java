package io.pushfanout.config;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the settings in an object. {@link SettingField} defines their names and value
 * formats, so that a new setting is read here without a change.
 */
final class SettingsReader {
  private final YamlMap object;
  private final List<SettingField> fields;
  private final List<String> others;
  private final Map<SettingField, Given> given = new EnumMap<>(SettingField.class);

  private record Given(YamlValue value, String text) {}

  /**
   * @param object the object with the settings; any other field is a problem
   * @param fields settings allowed in the object
   * @param others names of fields that another reader handles
   */
  SettingsReader(YamlMap object, List<SettingField> fields, List<String> others) {
    this.object = object;
    this.fields = fields;
    this.others = others;
    read(object, "");
  }

  /** Returns the fields that the file sets to a value of the right type. */
  Set<SettingField> given() {
    return given.keySet();
  }

  private void read(YamlMap map, String prefix) {
    map.fields()
        .forEach(
            (name, value) -> {
              String path = prefix + name;
              Optional<SettingField> field = field(path);
              if (name.contains(".")) {
                YamlMap.noSuchField(value, names(prefix));
              } else if (field.isPresent()) {
                take(field.get(), value);
              } else if (isGroup(path)) {
                map.get(name).flatMap(YamlValue::map).ifPresent(group -> read(group, path + "."));
              } else if (!others.contains(path)) {
                YamlMap.noSuchField(value, names(prefix));
              }
            });
  }

  private Optional<SettingField> field(String path) {
    return fields.stream().filter(f -> f.path().equals(path)).findFirst();
  }

  private boolean isGroup(String path) {
    return fields.stream().anyMatch(f -> f.path().startsWith(path + "."));
  }

  /** Returns the field names allowed in the object at this prefix. */
  private List<String> names(String prefix) {
    Stream<String> settings =
        fields.stream()
            .map(SettingField::path)
            .filter(path -> path.startsWith(prefix))
            .map(path -> path.substring(prefix.length()).replaceFirst("\\..*", ""));
    return Stream.concat(prefix.isEmpty() ? others.stream() : Stream.of(), settings)
        .distinct()
        .toList();
  }

  private void take(SettingField field, YamlValue value) {
    if (value.isNull()) {
      return;
    }
    text(field, value)
        .ifPresent(
            t -> {
              try {
                field.set(FanoutSettings.DEFAULT.toBuilder(), t);
                given.put(field, new Given(value, t));
              } catch (SettingException e) {
                value.problem(e.problem());
              }
            });
  }

  private static Optional<String> text(SettingField field, YamlValue value) {
    if (field == SettingField.QUEUE_BYTES) {
      return value.textOrWhole();
    }
    // A default value has the type that the resource uses for the field.
    boolean isWhole = field.show(FanoutSettings.DEFAULT) instanceof Integer;
    return isWhole ? value.whole() : value.text();
  }

  /**
   * Returns the base settings with those of the file applied. A value out of bounds is reported and
   * left out, to find further problems.
   */
  FanoutSettings applyTo(FanoutSettings base) {
    while (true) {
      SettingsBuilder builder = base.toBuilder();
      given.forEach((field, at) -> field.set(builder, at.text()));
      try {
        return builder.build();
      } catch (SettingException e) {
        Given refused = field(e.field()).map(given::remove).orElse(null);
        refuse(refused, e);
        if (refused == null) {
          return base;
        }
      }
    }
  }

  private void refuse(@Nullable Given refused, SettingException e) {
    if (refused != null) {
      refused.value().problem(e.problem());
      return;
    }
    // A field left at its default conflicts with one that the file sets.
    YamlValue self = object.self();
    self.problems().add(self.line(), YamlDocuments.path(self.path(), e.field()), e.problem());
  }
}
