package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.pushfanout.model.Bounds;
import io.pushfanout.text.QuantityFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rules for {@code queueBytes}, a number or a quantity, in the API server.
 *
 * <p>The server bounds the cost of a rule, and takes 3 MiB for the length of such a text. So a rule
 * may read it once, and a rule for the items of a list may read about 30 of them.
 */
final class BytesRules {
  private static final String MIN = QuantityFormat.format(Bounds.QUEUE_BYTES_MIN);
  private static final String MAX = QuantityFormat.format(Bounds.QUEUE_BYTES_MAX);
  private static final int ITEMS_OF_ONE_RULE = 22;

  private BytesRules() {}

  /** Sets the form of the field. */
  static void form(JSONSchemaProps field) {
    field.setType(null);
    field.setXKubernetesIntOrString(true);
    field.setPattern("^(?:" + QuantityFormat.FORM + ")$");
    field.setMaxLength((long) QuantityFormat.LENGTH_MAX);
    RecordSchema.setBounds(field, MIN, MAX);
  }

  /** Returns the rule for the field's bounds. */
  static ValidationRule bounds() {
    return CelRule.of(isInBounds("self"), "must be whole bytes from %s to %s".formatted(MIN, MAX));
  }

  /** Returns the bounds as rules of the list whose items have the field. */
  static List<ValidationRule> boundsOfItems(String field, int items) {
    String at = "self[i]." + field;
    return IntStream.iterate(0, first -> first < items, first -> first + ITEMS_OF_ONE_RULE)
        .mapToObj(
            first ->
                IntStream.range(first, Math.min(items, first + ITEMS_OF_ONE_RULE))
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(", ", "[", "]")))
        .map(
            indices ->
                CelRule.of(
                    "%s.all(i, i >= size(self) || !has(%s) || %s)"
                        .formatted(indices, at, isInBounds(at)),
                    "%s must be whole bytes from %s to %s".formatted(field, MIN, MAX)))
        .toList();
  }

  private static String isInBounds(String value) {
    // The function isInteger() returns false for 1.5Ki, so the rule compares with the next whole
    // number.
    return ("(type(%1$s) == int ? %1$s >= %2$d && %1$s <= %3$d : [quantity(%1$s)].all(q,"
            + " q.compareTo(quantity('%4$s')) >= 0 && q.compareTo(quantity('%5$s')) <= 0"
            + " && sign(q.sub(int(q.asApproximateFloat() + 0.5))) == 0))")
        .formatted(value, Bounds.QUEUE_BYTES_MIN, Bounds.QUEUE_BYTES_MAX, MIN, MAX);
  }
}
