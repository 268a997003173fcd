package io.pushfanout.config;

import com.google.common.base.Strings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * A parser of a file's documents into nodes with line numbers.
 *
 * <p>Scalars follow the JSON schema of YAML 1.2: {@code 010}, {@code yes} and {@code 0x10} are
 * strings. Other parsers read numbers and booleans there; the strict schema keeps a value from
 * having different meanings.
 */
final class YamlDocuments {
  /** Field name of problems for malformed or unsupported YAML. */
  static final String FIELD = "yaml";

  private static final int LONGEST_PATH = 2 * FileProblem.LONGEST_FIELD;

  private final Problems problems;

  private YamlDocuments(Problems problems) {
    this.problems = problems;
  }

  /** Returns the documents up to the end, or up to the first syntax error. */
  static List<Node> compose(String text, Problems problems) {
    LoadSettings settings = settings(text);
    YamlGuard parser = new YamlGuard(new ParserImpl(settings, new StreamReader(settings, text)));
    Composer composer = new Composer(settings, parser);
    List<Node> documents = new ArrayList<>();
    try {
      while (composer.hasNext()) {
        documents.add(composer.next());
      }
    } catch (ReaderException e) {
      int before = text.offsetByCodePoints(0, e.getPosition());
      int line = 1 + (int) text.substring(0, before).chars().filter(c -> c == '\n').count();
      problems.add(line, FIELD, "the character U+%04X is not taken".formatted(e.getCodePoint()));
    } catch (MarkedYamlEngineException e) {
      problems.add(line(e, text), FIELD, describe(e));
    } catch (RuntimeException e) {
      // Exceptions of the library without a line, and others that escape from it, such as a
      // NumberFormatException for an escape sequence out of bounds.
      problems.add(line(parser.reached()), FIELD, "from here on not YAML: " + e.getMessage());
    }
    YamlDocuments check = new YamlDocuments(problems);
    documents.forEach(check::refuseBadKeys);
    return documents;
  }

  private static LoadSettings settings(String text) {
    return LoadSettings.builder()
        .setSchema(new JsonSchema())
        // One buffer for the whole text: with several, the library copies the earlier text each
        // time.
        .setBufferSize(text.length() + 1)
        // The limits are enforced elsewhere, with line numbers: sizes by the file reader, aliases
        // by the guard, keys by the check below.
        .setCodePointLimit(Integer.MAX_VALUE)
        .setMaxAliasesForCollections(Integer.MAX_VALUE)
        .setAllowNonScalarKeys(true)
        .build();
  }

  private static String describe(MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem());
    String context = Strings.nullToEmpty(e.getContext());
    return context.isEmpty() ? problem : context + ": " + problem;
  }

  /**
   * Returns the line of an error. An unclosed construct is detected past the end of the text, so
   * its beginning is reported instead.
   */
  private static int line(MarkedYamlEngineException e, String text) {
    int found = line(e.getProblemMark().or(e::getContextMark));
    return found > text.lines().count() ? line(e.getContextMark().or(e::getProblemMark)) : found;
  }

  static int line(Node node) {
    return line(node.getStartMark());
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(m -> m.getLine() + 1).orElse(1);
  }

  /** Returns the text of a key; empty if the key is not a scalar. */
  static Optional<String> key(NodeTuple entry) {
    return entry.getKeyNode() instanceof ScalarNode key
        ? Optional.of(key.getValue())
        : Optional.empty();
  }

  /**
   * Returns the path of a field. The path stops growing at a limit, above the length that problems
   * show: a key can have megabytes.
   */
  static String path(String parent, String key) {
    String shown = key.length() > LONGEST_PATH ? key.substring(0, LONGEST_PATH) : key;
    return parent.isEmpty() ? shown : extend(parent, "." + shown);
  }

  static String path(String parent, int index) {
    return extend(parent, "[" + index + "]");
  }

  private static String extend(String parent, String more) {
    return parent.length() > LONGEST_PATH ? parent : parent + more;
  }

  private record Place(Node node, String path) {}

  /**
   * Reports bad keys in the whole document, including parts that no reader uses. The loop replaces
   * recursion and visits each node once: aliases can nest nodes without end, and in themselves.
   */
  private void refuseBadKeys(Node document) {
    Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Place> toDo = new ArrayDeque<>(List.of(new Place(document, "")));
    while (!toDo.isEmpty()) {
      Place place = toDo.pop();
      if (!seen.add(place.node())) {
        continue;
      }
      switch (place.node()) {
        case MappingNode mapping -> {
          Set<String> keys = new HashSet<>();
          for (NodeTuple entry : mapping.getValue()) {
            String path = refuseBadKey(entry, keys, place.path());
            toDo.push(new Place(entry.getValueNode(), path));
          }
        }
        case SequenceNode sequence -> {
          for (int i = 0; i < sequence.getValue().size(); i++) {
            toDo.push(new Place(sequence.getValue().get(i), path(place.path(), i)));
          }
        }
        default -> {
          // Scalars have no keys.
        }
      }
    }
  }

  /** Reports a bad or repeated key; returns the path of the entry's value. */
  private String refuseBadKey(NodeTuple entry, Set<String> keys, String parent) {
    int line = line(entry.getKeyNode());
    Optional<String> key = key(entry);
    if (key.isEmpty()) {
      problems.add(line, parent.isEmpty() ? FIELD : parent, "a key must be a string");
      return parent;
    }
    String path = path(parent, key.get());
    if (!keys.add(key.get())) {
      problems.add(line, path, "is there twice");
    }
    return path;
  }
}
