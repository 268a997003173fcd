package io.pushfanout.operator;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.pushfanout.operator.resource.DurationBounds;
import io.pushfanout.text.DurationFormat;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Completes the schema of a record, and of the records in it, from those annotations of its
 * components that the generator ignores. Adds each field's bounds to its description, for {@code
 * kubectl explain}.
 */
final class RecordSchema {
  private RecordSchema() {}

  static void complete(Class<?> type, JSONSchemaProps schema) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = name(component);
      JSONSchemaProps field = Objects.requireNonNull(schema.getProperties().get(name), name);
      complete(component, field);
      // The generator finds the annotations of a component on its field and on its accessor.
      field.setXKubernetesValidations(
          field.getXKubernetesValidations().stream().distinct().toList());
      if (component.getType().isRecord()) {
        complete(component.getType(), field);
      } else if (component.getGenericType() instanceof ParameterizedType list
          && list.getActualTypeArguments()[0] instanceof Class<?> item
          && item.isRecord()) {
        complete(item, field.getItems().getSchema());
      }
    }
  }

  private static String name(RecordComponent component) {
    JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
    return renamed == null ? component.getName() : renamed.value();
  }

  private static void complete(RecordComponent component, JSONSchemaProps field) {
    DurationBounds duration = component.getAnnotation(DurationBounds.class);
    if (duration != null) {
      bounded(field, duration);
    } else if (field.getMinimum() != null && field.getMaximum() != null) {
      setBounds(
          field,
          Long.toString(field.getMinimum().longValue()),
          Long.toString(field.getMaximum().longValue()));
    }
    if (component.getType().equals(Integer.class)) {
      bounded(field);
    } else if (component.getType().equals(Long.class)) {
      boundedCount(field);
    }
  }

  /** Bounds a number to the values of the class. */
  private static void bounded(JSONSchemaProps field) {
    field.setFormat("int32");
    if (field.getMinimum() == null) {
      field.setMinimum(0.0);
      field.setMaximum((double) Integer.MAX_VALUE);
    }
  }

  /**
   * Bounds a number of 64 bits; a schema cannot hold the largest one, so its format bounds the
   * number.
   */
  static void boundedCount(JSONSchemaProps field) {
    field.setFormat("int64");
    field.setMinimum(0.0);
  }

  private static void bounded(JSONSchemaProps field, DurationBounds bounds) {
    String min = DurationFormat.format(Duration.ofMillis(bounds.min()));
    String max = DurationFormat.format(Duration.ofMillis(bounds.max()));
    field.setPattern("^(?:" + DurationFormat.FORM + ")$");
    field.setMaxLength((long) DurationFormat.LENGTH_MAX);
    String rule =
        "duration(self) >= duration('%s') && duration(self) <= duration('%s')".formatted(min, max);
    field.setXKubernetesValidations(
        List.of(CelRule.of(rule, "must be from " + min + " to " + max)));
    setBounds(field, min, max);
  }

  static void setBounds(JSONSchemaProps field, String min, String max) {
    field.setDescription("%s From %s to %s.".formatted(field.getDescription(), min, max));
  }
}
