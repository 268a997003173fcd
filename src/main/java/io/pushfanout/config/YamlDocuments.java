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
 * The documents of a file as nodes, which know their lines.
 *
 * <p>Scalars are read by YAML 1.2's JSON schema: {@code 010}, {@code yes} and {@code 0x10} are
 * texts, where others take them for numbers and booleans, so that no value means different things
 * to different readers.
 */
final class YamlDocuments {
  /** Where the text is no YAML, or none that is taken. */
  static final String FIELD = "yaml";

  private static final int LONGEST_PATH = 2 * FileProblem.LONGEST_FIELD;

  private final Problems problems;

  private YamlDocuments(Problems problems) {
    this.problems = problems;
  }

  /** The documents up to the end, or to the first place that is no YAML. */
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
      // The library's own, which have no line, and what escapes from it: a NumberFormatException
      // where an escape is out of bounds.
      problems.add(line(parser.reached()), FIELD, "from here on not YAML: " + e.getMessage());
    }
    YamlDocuments check = new YamlDocuments(problems);
    documents.forEach(check::refuseBadKeys);
    return documents;
  }

  private static LoadSettings settings(String text) {
    return LoadSettings.builder()
        .setSchema(new JsonSchema())
        // Read in one piece: in many, the library copies what it has read so far for each.
        .setBufferSize(text.length() + 1)
        // The file's size is bounded, its aliases are counted by the guard, its keys are checked
        // below, each with a line to name.
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

  /** What is never closed is found at the end, where nothing is: then its beginning says more. */
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

  /** A key's text; one that is no scalar has none. */
  static Optional<String> key(NodeTuple entry) {
    return entry.getKeyNode() instanceof ScalarNode key
        ? Optional.of(key.getValue())
        : Optional.empty();
  }

  /** Of a problem's path nobody is shown more: below a key of megabytes it grows no further. */
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
   * Also in parts that nobody reads further. By a list of what is to do and not by recursion, and
   * each node once: aliases make nodes nest without end, and in themselves.
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
          // A scalar has no keys.
        }
      }
    }
  }

  /** Returns the path of the entry's value. */
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
