package io.pushfanout.config;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Ints;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value with its position. A conversion to a type that the value does not have returns empty and
 * records a problem.
 *
 * @param line number from 1 of the value's key, or of the item of a list
 * @param path path such as {@code spec.overrides[0].name}
 */
record YamlValue(Node node, int line, String path, Problems problems) {
  /** Bound of whole numbers: kubectl writes larger ones with an exponent in its JSON. */
  private static final double WHOLE_BELOW = 1e21;

  void problem(String message) {
    problems.add(line, path.isEmpty() ? YamlDocuments.FIELD : path, message);
  }

  /** Returns whether the value is empty, {@code ~} or {@code null}. */
  boolean isNull() {
    return kind() == Kind.NULL;
  }

  boolean isText(String text) {
    return kind() == Kind.TEXT && scalar().equals(Optional.of(text));
  }

  Optional<YamlMap> map() {
    if (node instanceof MappingNode mapping) {
      return Optional.of(new YamlMap(this, mapping));
    }
    refuse("an object");
    return Optional.empty();
  }

  /** Returns the items. A wrong number of items is reported before any item is read. */
  Optional<List<YamlValue>> list(int min, int max) {
    if (!(node instanceof SequenceNode sequence)) {
      refuse("a list");
      return Optional.empty();
    }
    int size = sequence.getValue().size();
    if (size < min || size > max) {
      problem("must have from %d to %d items, has %d".formatted(min, max, size));
      return Optional.empty();
    }
    List<YamlValue> items = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Node item = sequence.getValue().get(i);
      items.add(
          new YamlValue(item, YamlDocuments.line(item), YamlDocuments.path(path, i), problems));
    }
    return Optional.of(items);
  }

  /** Returns a string; for any other type empty, without a problem. */
  Optional<String> textIfAny() {
    return kind() == Kind.TEXT ? scalar() : Optional.empty();
  }

  Optional<String> text() {
    if (kind() == Kind.TEXT) {
      return scalar();
    }
    refuse("a string");
    return Optional.empty();
  }

  /** Returns a string, or a whole number as digits: int-or-string of Kubernetes. */
  Optional<String> textOrWhole() {
    return kind() == Kind.WHOLE ? digits() : text();
  }

  /** Returns a whole number of 32 bits as digits. */
  Optional<String> whole() {
    if (kind() != Kind.WHOLE) {
      refuse("a whole number");
      return Optional.empty();
    }
    Optional<String> text = digits();
    if (text.isPresent() && Ints.tryParse(text.get()) == null) {
      problem("must be a whole number of 32 bits, is " + text.get());
      return Optional.empty();
    }
    return text;
  }

  private enum Kind {
    OBJECT,
    LIST,
    NULL,
    WHOLE,
    NUMBER,
    BOOLEAN,
    TEXT
  }

  private Kind kind() {
    return switch (node) {
      case MappingNode _ -> Kind.OBJECT;
      case SequenceNode _ -> Kind.LIST;
      default -> {
        Tag tag = node.getTag();
        yield tag.equals(Tag.NULL) || isTilde()
            ? Kind.NULL
            : tag.equals(Tag.INT)
                ? Kind.WHOLE
                : tag.equals(Tag.FLOAT)
                    ? isWhole() ? Kind.WHOLE : Kind.NUMBER
                    : tag.equals(Tag.BOOL) ? Kind.BOOLEAN : Kind.TEXT;
      }
    };
  }

  private Optional<String> scalar() {
    return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
  }

  /**
   * Returns whether the value is {@code ~}: a string in the JSON schema of YAML 1.2, but always
   * meant as null.
   */
  private boolean isTilde() {
    return node instanceof ScalarNode scalar && scalar.isPlain() && scalar.getValue().equals("~");
  }

  /**
   * Returns whether the number has an empty fraction, such as 10.0 and 1e3, which is whole in JSON.
   */
  private boolean isWhole() {
    @Nullable Double number = scalar().map(Doubles::tryParse).orElse(null);
    return number != null && Math.rint(number) == number && Math.abs(number) < WHOLE_BELOW;
  }

  private Optional<String> digits() {
    return node.getTag().equals(Tag.FLOAT)
        ? scalar().map(text -> new BigDecimal(Double.parseDouble(text)).toBigInteger().toString())
        : scalar();
  }

  private void refuse(String wanted) {
    Kind kind = kind();
    if (kind == Kind.NULL) {
      problem("has no value; must be " + wanted);
      return;
    }
    String text = scalar().orElse("");
    String is =
        switch (kind) {
          case OBJECT -> "an object";
          case LIST -> "a list";
          case NULL -> "null";
          case WHOLE, NUMBER -> "the number " + text;
          case BOOLEAN -> "the boolean " + text;
          case TEXT -> "the string \"" + text + "\"";
        };
    problem("must be " + wanted + ", is " + is);
  }
}
