package io.pushfanout.config;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A reader of the PushFanout resources of one file. Any bytes give resources or problems, in
 * bounded time, stack and memory.
 */
final class ResourceReader {
  /** Largest file in bytes; a thousand fanouts of a thousand nodes take a quarter. */
  static final int MAX_BYTES = 4 << 20;

  private static final String GROUP = "pushfanout.io";
  private static final String API_VERSION = GROUP + "/v1alpha1";
  private static final String KIND = "PushFanout";
  private static final List<SettingField> SETTINGS = Arrays.asList(SettingField.values());

  private final Problems problems = new Problems();
  private final List<FoundFanout> fanouts = new ArrayList<>();
  private final Map<FanoutName, Integer> lines = new HashMap<>();
  private final Set<String> skipped = new LinkedHashSet<>();
  private final boolean amongOthers;

  private ResourceReader(boolean amongOthers) {
    this.amongOthers = amongOthers;
  }

  /** Reads a file of --config, which has PushFanouts and nothing else. */
  static ParseResult read(byte[] file) {
    return read(file, false);
  }

  /** Reads a manifest for kubectl, which may have other kinds beside PushFanouts. */
  static ParseResult readAmongOthers(byte[] file) {
    return read(file, true);
  }

  private static ParseResult read(byte[] file, boolean amongOthers) {
    if (file.length > MAX_BYTES) {
      return ParseResult.refused(new FileProblem(1, "file", "is larger than 4Mi"));
    }
    try {
      ResourceReader reader = new ResourceReader(amongOthers);
      YamlDocuments.compose(text(file), reader.problems).forEach(reader::readDocument);
      return new ParseResult(reader.fanouts, reader.problems.inOrder(), reader.skipped);
    } catch (CharacterCodingException _) {
      return ParseResult.refused(new FileProblem(1, "file", "is not UTF-8"));
    }
  }

  private static String text(byte[] file) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private void readDocument(Node root) {
    YamlValue document = new YamlValue(root, YamlDocuments.line(root), "", problems);
    if (!document.isNull()) {
      document.map().ifPresent(this::readResources);
    }
  }

  /** Reads one resource, or the list that {@code kubectl get -o yaml} prints for several. */
  private void readResources(YamlMap document) {
    if (!isList(document)) {
      readResource(document);
      return;
    }
    document.allowOnly(List.of("apiVersion", "kind", "metadata", "items"));
    document
        .require("items")
        .flatMap(items -> items.list(0, YamlGuard.MAX_VALUES))
        .ifPresent(items -> items.forEach(item -> item.map().ifPresent(this::readResource)));
  }

  private static boolean isList(YamlMap document) {
    return (document.is("apiVersion", "v1") && document.is("kind", "List"))
        || (document.is("apiVersion", API_VERSION) && document.is("kind", KIND + "List"));
  }

  private void readResource(YamlMap resource) {
    if (amongOthers && isForeign(resource)) {
      return;
    }
    int problemsBefore = problems.count();
    boolean otherVersion = isOther(resource, "apiVersion", API_VERSION);
    boolean otherKind = isOther(resource, "kind", KIND);
    if (otherVersion || otherKind) {
      // Fields of another kind or version would only add misleading problems.
      return;
    }
    // The status is allowed but not read: kubectl prints it.
    resource.allowOnly(List.of("apiVersion", "kind", "metadata", "spec", "status"));
    Optional<Metadata> metadata = resource.require("metadata").flatMap(Metadata::read);
    metadata.ifPresent(this::refuseNameThatIsTaken);
    String namespace =
        metadata.map(of -> of.name().namespace()).orElse(FanoutName.DEFAULT.namespace());
    Spec spec =
        resource
            .get("spec")
            .flatMap(YamlValue::map)
            .map(fields -> Spec.read(fields, namespace))
            .orElse(Spec.DEFAULT);
    if (metadata.isPresent() && problems.count() == problemsBefore) {
      add(metadata.get(), spec);
    }
  }

  /**
   * Skips a resource of another kind and returns whether it did. A misspelt PushFanout is not
   * skipped.
   */
  private boolean isForeign(YamlMap resource) {
    Optional<String> group =
        resource.get("apiVersion").flatMap(YamlValue::textIfAny).map(ResourceReader::group);
    Optional<String> kind = resource.get("kind").flatMap(YamlValue::textIfAny);
    boolean foreign =
        group.filter(g -> !g.equalsIgnoreCase(GROUP)).isPresent()
            && kind.filter(k -> !k.toLowerCase(Locale.ROOT).contains("pushfanout")).isPresent();
    if (foreign) {
      skipped.add(kind.get());
    }
    return foreign;
  }

  private static String group(String apiVersion) {
    return apiVersion.substring(0, Math.max(0, apiVersion.indexOf('/')));
  }

  private static boolean isOther(YamlMap resource, String field, String wanted) {
    Optional<YamlValue> value = resource.require(field);
    Optional<String> other = value.flatMap(YamlValue::text).filter(text -> !text.equals(wanted));
    other.ifPresent(text -> value.get().problem("must be %s, is \"%s\"".formatted(wanted, text)));
    return other.isPresent();
  }

  private void refuseNameThatIsTaken(Metadata metadata) {
    Integer first = lines.putIfAbsent(metadata.name(), metadata.line());
    if (first != null) {
      problems.add(
          metadata.line(),
          Metadata.NAME_FIELD,
          "%s is there twice: it is in line %d".formatted(metadata.name(), first));
    }
  }

  private void add(Metadata metadata, Spec spec) {
    try {
      fanouts.add(
          new FoundFanout(
              metadata.line(),
              new FanoutSpec(
                  metadata.name(),
                  1,
                  Instant.EPOCH,
                  spec.settings(),
                  spec.overrides(),
                  spec.discovery())));
    } catch (SettingException e) {
      // A rule that the model checks for the whole spec, so its line is unknown.
      problems.add(metadata.line(), "spec." + e.field(), e.problem());
    }
  }

  private record Spec(FanoutSettings settings, List<NodeOverride> overrides, Discovery discovery) {
    static final Spec DEFAULT = new Spec(FanoutSettings.DEFAULT, List.of(), Discovery.DEFAULT);

    static Spec read(YamlMap spec, String namespace) {
      FanoutSettings settings =
          new SettingsReader(spec, SETTINGS, List.of("discovery", "overrides"))
              .applyTo(FanoutSettings.DEFAULT);
      return new Spec(
          settings,
          spec.get("overrides").map(v -> OverridesReader.read(v, settings)).orElse(List.of()),
          spec.get("discovery")
              .map(value -> DiscoveryReader.read(value, namespace))
              .orElse(Discovery.DEFAULT));
    }
  }
}
