package io.pushfanout.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.pushfanout.text.Printable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The mapper between JSON and records. A value of another type than the record's component is never
 * converted, and a component without a value is an error.
 */
public final class Json {
  private static final JsonSetter.Value NO_NULL_ITEMS =
      JsonSetter.Value.forContentNulls(Nulls.FAIL);

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          // The feature above leaves out texts.
          .withCoercionConfig(
              LogicalType.Textual,
              texts ->
                  texts
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .defaultPropertyInclusion(JsonInclude.Value.ALL_NON_NULL)
          .withConfigOverride(List.class, lists -> lists.setSetterInfo(NO_NULL_ITEMS))
          .withConfigOverride(Map.class, maps -> maps.setSetterInfo(NO_NULL_ITEMS))
          .build();

  private Json() {}

  /** Returns the compact UTF-8 text of a document; a component without a value is left out. */
  public static byte[] bytes(Object document) {
    try {
      return MAPPER.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the indented text of a document, safe to print to a terminal. */
  public static String pretty(Object document) {
    try {
      return Printable.json(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the JSON object in a text; empty if the text is anything else. */
  public static Optional<ObjectNode> object(String text) {
    try {
      return Optional.of(MAPPER.readTree(text))
          .filter(ObjectNode.class::isInstance)
          .map(ObjectNode.class::cast);
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }

  /**
   * Returns the object as a record.
   *
   * @throws IllegalArgumentException if the object has another structure; the message is one line
   *     that names the key
   */
  public static <T> T read(ObjectNode object, Class<T> type) {
    try {
      return MAPPER.treeToValue(object, type);
    } catch (JsonProcessingException e) {
      // The parser's own message quotes its input, at any length.
      throw new IllegalArgumentException(
          Printable.quoted(key(e)) + " is missing or of another type", e);
    }
  }

  private static String key(JsonProcessingException failure) {
    List<JsonMappingException.Reference> path =
        failure instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
    return path.reversed().stream()
        .map(JsonMappingException.Reference::getFieldName)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse("");
  }
}
