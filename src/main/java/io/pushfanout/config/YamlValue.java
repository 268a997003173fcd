package io.pushfanout.config;

import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value and where it stands. Whoever asks for a kind that it is not gets nothing, and the problem
 * is noted.
 *
 * @param line of its key, or of an item of a list; from 1
 * @param path such as {@code spec.overrides[0].name}
 */
record YamlValue(Node node, int line, String path, Problems problems) {

  void problem(String message) {
    problems.add(line, path.isEmpty() ? YamlDocuments.FIELD : path, message);
  }

  /** Whether it is left empty, or {@code null}. */
  boolean isNull() {
    return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
  }

  Optional<YamlMap> map() {
    if (node instanceof MappingNode mapping) {
      return Optional.of(new YamlMap(this, mapping));
    }
    refuse("an object");
    return Optional.empty();
  }

  /** The items; too few or too many are refused before anybody looks at one. */
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

  Optional<String> text() {
    if (kind() == Kind.TEXT) {
      return scalar();
    }
    refuse("a string");
    return Optional.empty();
  }

  /** A string or a whole number as it is written: what Kubernetes calls int-or-string. */
  Optional<String> textOrWhole() {
    return kind() == Kind.WHOLE ? scalar() : text();
  }

  /** A whole number of 32 bits, as it is written. */
  Optional<String> whole() {
    if (kind() != Kind.WHOLE) {
      refuse("a whole number");
      return Optional.empty();
    }
    Optional<String> text = scalar();
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
        yield tag.equals(Tag.NULL)
            ? Kind.NULL
            : tag.equals(Tag.INT)
                ? Kind.WHOLE
                : tag.equals(Tag.FLOAT)
                    ? Kind.NUMBER
                    : tag.equals(Tag.BOOL) ? Kind.BOOLEAN : Kind.TEXT;
      }
    };
  }

  private Optional<String> scalar() {
    return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
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
