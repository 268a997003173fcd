package io.pushfanout.config;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of an object that are settings. Which there are, what they are called and how
 * their values are written is {@link SettingField}'s to say: a setting that comes there is read
 * here.
 */
final class SettingsReader {
  private final YamlMap object;
  private final List<SettingField> fields;
  private final List<String> others;
  private final Map<SettingField, Given> given = new EnumMap<>(SettingField.class);

  private record Given(YamlValue value, String text) {}

  /**
   * @param object where the settings are; nothing else may be in it
   * @param fields those that may be set there
   * @param others names that somebody else reads
   */
  SettingsReader(YamlMap object, List<SettingField> fields, List<String> others) {
    this.object = object;
    this.fields = fields;
    this.others = others;
    read(object, "");
  }

  /** Whether the file sets this field, to a value of its kind. */
  boolean has(SettingField field) {
    return given.containsKey(field);
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

  /** What an object of this prefix may hold. */
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
    // A field is shown as the resource writes it.
    boolean isWhole = field.show(FanoutSettings.DEFAULT) instanceof Integer;
    return isWhole ? value.whole() : value.text();
  }

  /**
   * The settings with those of the file in their place. One that is out of bounds is a problem, and
   * is left out to find the next.
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
    // A field that the file leaves at its default does not go with one that it sets.
    YamlValue self = object.self();
    self.problems().add(self.line(), YamlDocuments.path(self.path(), e.field()), e.problem());
  }
}
