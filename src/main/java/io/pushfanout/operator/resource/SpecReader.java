package io.pushfanout.operator.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.pushfanout.model.SettingException;
import io.pushfanout.text.Printable;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A reader of {@code spec} that names the field of a value with the wrong type. The API server may
 * hold the resource by the definition of another version.
 */
final class SpecReader {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(
              new SimpleModule()
                  .addDeserializer(Integer.class, Scalars.WHOLE)
                  .addDeserializer(String.class, Scalars.TEXT));

  private SpecReader() {}

  /**
   * Returns the spec; null where there is none.
   *
   * @throws SettingException when a value has another type; the field is as in the spec, and {@code
   *     spec} for the spec itself
   */
  static @Nullable PushFanoutSpec read(JsonNode spec) {
    try {
      return spec.isMissingNode() ? null : JSON.treeToValue(spec, PushFanoutSpec.class);
    } catch (JsonMappingException e) {
      throw refusal(spec, e);
    } catch (JsonProcessingException e) {
      throw new SettingException("spec", String.valueOf(e.getOriginalMessage()));
    }
  }

  private static SettingException refusal(JsonNode spec, JsonMappingException e) {
    StringBuilder field = new StringBuilder();
    JsonNode value = spec;
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        field.append('[').append(step.getIndex()).append(']');
        value = value.path(step.getIndex());
      } else {
        field.append(field.isEmpty() ? "" : ".").append(step.getFieldName());
        value = value.path(step.getFieldName());
      }
    }
    return new SettingException(
        field.isEmpty() ? "spec" : field.toString(),
        "must be %s, is %s".formatted(wanted(e), describe(value)));
  }

  private static String wanted(JsonMappingException e) {
    @Nullable Class<?> type = e instanceof MismatchedInputException of ? of.getTargetType() : null;
    if (Integer.class.equals(type)) {
      return "a whole number of 32 bits";
    }
    if (String.class.equals(type)) {
      return "a string";
    }
    return type != null && Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  private static String describe(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT, POJO -> "an object";
      case ARRAY -> "a list";
      case NULL, MISSING -> "null";
      case NUMBER -> "the number " + Printable.line(value.asText(), 80);
      case BOOLEAN -> "the boolean " + value.asText();
      case STRING, BINARY -> "the string " + Printable.quoted(value.asText());
    };
  }
}
