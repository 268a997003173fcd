package io.pushfanout.operator.resource;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Deserializers that convert no type into another: a number in quotes is a string, as in files and
 * in the definition. A number with an empty fraction, such as 10.0 and 1e3, is whole.
 */
final class Scalars {
  /**
   * Bound of whole numbers: the API server also treats a larger number as a fraction, and shows it
   * with an exponent.
   */
  private static final double WHOLE_BELOW = 1e21;

  /** Deserializer of a whole number of 32 bits. */
  static final JsonDeserializer<Integer> WHOLE =
      new StdDeserializer<>(Integer.class) {
        @Override
        public @Nullable Integer deserialize(JsonParser json, DeserializationContext context)
            throws IOException {
          @Nullable BigInteger whole = whole(json);
          return whole != null && whole.bitLength() < Integer.SIZE
              ? (Integer) whole.intValue()
              : (Integer) context.handleUnexpectedToken(Integer.class, json);
        }
      };

  static final JsonDeserializer<String> TEXT =
      new StdDeserializer<>(String.class) {
        @Override
        public @Nullable String deserialize(JsonParser json, DeserializationContext context)
            throws IOException {
          return json.hasToken(JsonToken.VALUE_STRING)
              ? json.getText()
              : (String) context.handleUnexpectedToken(String.class, json);
        }
      };

  private Scalars() {}

  /** Deserializer of a string or of a whole number as text: Kubernetes' int-or-string. */
  static final class TextOrWhole extends StdDeserializer<String> {
    TextOrWhole() {
      super(String.class);
    }

    @Override
    public @Nullable String deserialize(JsonParser json, DeserializationContext context)
        throws IOException {
      @Nullable BigInteger whole = whole(json);
      return whole == null ? TEXT.deserialize(json, context) : whole.toString();
    }
  }

  private static @Nullable BigInteger whole(JsonParser json) throws IOException {
    if (json.hasToken(JsonToken.VALUE_NUMBER_INT)) {
      return json.getBigIntegerValue();
    }
    if (!json.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
      return null;
    }
    double number = json.getDoubleValue();
    return Math.rint(number) == number && Math.abs(number) < WHOLE_BELOW
        ? json.getDecimalValue().toBigInteger()
        : null;
  }
}
