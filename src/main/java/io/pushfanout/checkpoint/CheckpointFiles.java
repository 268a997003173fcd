package io.pushfanout.checkpoint;

import com.google.common.hash.Hashing;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.reload.FileException;
import io.pushfanout.reload.SmallFile;
import io.pushfanout.text.DnsLabel;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of saved state: one for the resources and one for each service, each written right
 * after its source has answered. So replicas that share a directory, and serve the same, need no
 * lock: the last write is the newest.
 */
public final class CheckpointFiles {
  private static final Logger log = LoggerFactory.getLogger(CheckpointFiles.class);

  private static final String RESOURCES = "resources.json";
  private static final Pattern SERVICE =
      Pattern.compile("service-" + DnsLabel.FORM + "\\.json|prefix-[0-9a-f]{64}\\.json");
  private static final int LONGEST_PROBLEM = 300;

  private final StateDirectory directory;
  private final String scope;
  private final CheckpointJson json;

  /**
   * @param scope the watched namespaces and selector, as resources of another scope are useless;
   *     empty: there are no resources
   * @param specs parses a resource's JSON by all rules of the resource; throws an {@link
   *     IllegalArgumentException} if one is broken
   */
  public CheckpointFiles(
      StateDirectory directory, String scope, Function<String, FanoutSpec> specs) {
    this.directory = directory;
    this.scope = scope;
    this.json = new CheckpointJson(specs);
  }

  /** Returns the saved state. An invalid file is logged and then ignored. */
  public SavedState load() {
    Checkpoint<List<FanoutSpec>> resources =
        load(RESOURCES, json::readResources)
            .filter(read -> isOurs(read.getKey()))
            .map(Map.Entry::getValue)
            .orElse(null);
    Map<String, Checkpoint<Set<NodeAddress>>> services = new HashMap<>();
    for (String name : names()) {
      if (SERVICE.matcher(name).matches()) {
        load(name, file -> CheckpointJson.readNodes(service -> file(service).equals(name), file))
            .ifPresent(read -> services.put(read.getKey(), read.getValue()));
      }
    }
    return new SavedState(resources, services);
  }

  private boolean isOurs(String saved) {
    if (!scope.isEmpty() && !scope.equals(saved)) {
      log.warn("the saved resources are not taken: they are of {}, not of {}", saved, scope);
    }
    return scope.equals(saved);
  }

  private List<String> names() {
    try {
      return directory.names(".json");
    } catch (IOException e) {
      log.warn("the saved state cannot be listed: {}", FileException.why(e));
      return List.of();
    }
  }

  private <T> Optional<T> load(String name, Function<byte[], T> read) {
    try {
      SmallFile file = directory.read(name);
      try {
        return Optional.of(read.apply(file.bytes()));
      } catch (IllegalArgumentException e) {
        warn(file.path(), String.valueOf(e.getMessage()));
      }
    } catch (FileException e) {
      if (!e.isMissing()) {
        warn(e.file(), e.problem());
      }
    }
    return Optional.empty();
  }

  private static void warn(Path file, String problem) {
    log.warn(
        "the saved state in {} is not taken: {}", file, Printable.line(problem, LONGEST_PROBLEM));
  }

  void saveResources(Checkpoint<List<FanoutSpec>> resources) throws IOException {
    directory.write(RESOURCES, CheckpointJson.writeResources(scope, resources));
  }

  void saveNodes(String service, Checkpoint<Set<NodeAddress>> nodes) throws IOException {
    directory.write(file(service), CheckpointJson.writeNodes(service, nodes));
  }

  /** Deletes the files of all services except these. */
  void retainServices(Set<String> services) throws IOException {
    Set<String> kept = services.stream().map(CheckpointFiles::file).collect(Collectors.toSet());
    for (String name : directory.names(".json")) {
      if (SERVICE.matcher(name).matches() && !kept.contains(name)) {
        directory.delete(name);
      }
    }
  }

  /**
   * Returns the file's name. Prefixes are hashed: one may be longer than a file's name, and two may
   * differ only in case.
   */
  private static String file(String service) {
    return DnsLabel.is(service)
        ? "service-" + service + ".json"
        : "prefix-" + Hashing.sha256().hashString(service, StandardCharsets.UTF_8) + ".json";
  }
}
