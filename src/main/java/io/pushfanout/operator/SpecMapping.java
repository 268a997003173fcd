package io.pushfanout.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Strings;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.operator.resource.OverrideSpec;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutSpec;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of resources from the API server to the model. The server may have checked a resource
 * by the rules of another version, so the model checks everything again.
 */
public final class SpecMapping {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<SettingField> SETTINGS = List.of(SettingField.values());

  private SpecMapping() {}

  /**
   * Returns the resource as a spec of the model; absent fields get the model's defaults.
   *
   * @throws SettingException when the model refuses a value; the field is as in the spec, or in
   *     {@code metadata}
   */
  public static FanoutSpec read(PushFanout resource) {
    ObjectMeta metadata = resource.getMetadata();
    FanoutName name = name(metadata);
    long generation = metadata.getGeneration() == null ? 1 : metadata.getGeneration();
    Instant created = created(resource);
    @Nullable SettingException refusal = resource.refusal();
    if (refusal != null) {
      throw refusal;
    }
    @Nullable PushFanoutSpec spec = resource.getSpec();
    return spec == null
        ? new FanoutSpec(
            name, generation, created, FanoutSettings.DEFAULT, List.of(), Discovery.DEFAULT)
        : new FanoutSpec(
            name,
            generation,
            created,
            settings(given(spec, SETTINGS)),
            overrides(spec.overrides()),
            DiscoveryMapping.read(spec.discovery(), name.namespace()));
  }

  private static FanoutName name(ObjectMeta metadata) {
    try {
      return new FanoutName(metadata.getNamespace(), metadata.getName());
    } catch (IllegalArgumentException e) {
      throw new SettingException("metadata.name", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns the creation time by the API server.
   *
   * @throws SettingException when the timestamp is not a time
   */
  static Instant created(PushFanout resource) {
    @Nullable String timestamp = resource.getMetadata().getCreationTimestamp();
    try {
      return timestamp == null ? Instant.EPOCH : Instant.parse(timestamp);
    } catch (DateTimeParseException _) {
      throw new SettingException("metadata.creationTimestamp", "is no time: " + timestamp);
    }
  }

  /** Returns the settings of a part of the spec, as {@link SettingField} names them there. */
  private static Map<SettingField, String> given(Object part, List<SettingField> fields) {
    JsonNode json = JSON.valueToTree(part);
    Map<SettingField, String> given = new EnumMap<>(SettingField.class);
    for (SettingField field : fields) {
      JsonNode value = json.at("/" + field.path().replace('.', '/'));
      if (value.isValueNode()) {
        given.put(field, value.asText());
      }
    }
    return given;
  }

  private static FanoutSettings settings(Map<SettingField, String> given) {
    SettingsBuilder builder = FanoutSettings.DEFAULT.toBuilder();
    given.forEach((field, text) -> field.set(builder, text));
    return builder.build();
  }

  private static List<NodeOverride> overrides(@Nullable List<OverrideSpec> specs) {
    List<NodeOverride> overrides = new ArrayList<>();
    for (@Nullable OverrideSpec spec : specs == null ? List.<OverrideSpec>of() : specs) {
      try {
        overrides.add(override(spec));
      } catch (SettingException e) {
        throw new SettingException("overrides[" + overrides.size() + "]." + e.field(), e.problem());
      }
    }
    return overrides;
  }

  private static NodeOverride override(@Nullable OverrideSpec spec) {
    if (spec == null) {
      throw new SettingException("name", "must not be empty");
    }
    Map<SettingField, String> given = given(spec, NodeOverride.FIELDS);
    return NodeOverride.of(
        Strings.nullToEmpty(spec.name()), globs(spec.nodes()), settings(given), given.keySet());
  }

  /** Returns the globs; JSON's null is an empty glob, which matches nothing. */
  private static List<String> globs(@Nullable List<String> nodes) {
    return nodes == null ? List.of() : nodes.stream().map(Strings::nullToEmpty).toList();
  }
}
