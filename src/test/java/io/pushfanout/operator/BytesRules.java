package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.SpecBytes;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code queueBytes}, a number or a quantity, as the API server is to check it.
 *
 * <p>The server does not know how long such a text can be, and takes it for one of 3 MiB when it
 * bounds what a rule may cost. So a rule may read it once, and a rule for the items of a list may
 * read about 30 of them.
 */
final class BytesRules {
  private static final String MIN = SpecBytes.format(Bounds.QUEUE_BYTES_MIN);
  private static final String MAX = SpecBytes.format(Bounds.QUEUE_BYTES_MAX);
  private static final int ITEMS_OF_ONE_RULE = 22;

  private BytesRules() {}

  /** Its form. */
  static void form(JSONSchemaProps field) {
    field.setType(null);
    field.setXKubernetesIntOrString(true);
    field.setPattern("^(?:" + SpecBytes.FORM + ")$");
    field.setMaxLength((long) SpecBytes.LENGTH_MAX);
    RecordSchema.setBounds(field, MIN, MAX);
  }

  /** Its bounds. */
  static ValidationRule bounds() {
    return CelRule.of(isInBounds("self"), "must be whole bytes from %s to %s".formatted(MIN, MAX));
  }

  /** Its bounds as rules of the list whose items have it. */
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
    // Not isInteger(), which says no to 1.5Ki: the next whole number has to be the same.
    return ("(type(%1$s) == int ? %1$s >= %2$d && %1$s <= %3$d : [quantity(%1$s)].all(q,"
            + " q.compareTo(quantity('%4$s')) >= 0 && q.compareTo(quantity('%5$s')) <= 0"
            + " && sign(q.sub(int(q.asApproximateFloat() + 0.5))) == 0))")
        .formatted(value, Bounds.QUEUE_BYTES_MIN, Bounds.QUEUE_BYTES_MAX, MIN, MAX);
  }
}
