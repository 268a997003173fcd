package io.pushfanout.operator;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.resource.PushFanout;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources that there are, as specs. One whose spec cannot be taken keeps its last good one in
 * force. What was told last stays while the API server is away. Any thread may call it.
 */
final class Resources {
  private static final Logger log = LoggerFactory.getLogger(Resources.class);

  private final Function<List<FanoutSpec>, CompletableFuture<Void>> fanouts;
  private SortedMap<FanoutName, KnownResource> known = new TreeMap<>();
  private List<FanoutSpec> specs = List.of();
  private CompletableFuture<Void> inForce = CompletableFuture.completedFuture(null);
  private boolean listed;

  /**
   * @param fanouts takes all specs there are; its future says when they are in force
   */
  Resources(Function<List<FanoutSpec>, CompletableFuture<Void>> fanouts) {
    this.fanouts = fanouts;
  }

  /**
   * These are all there are.
   *
   * @return completed when they, or newer ones, are in force
   */
  synchronized CompletableFuture<Void> replace(Listing all) {
    SortedMap<FanoutName, KnownResource> now = new TreeMap<>();
    known.forEach(
        (name, resource) -> {
          if (all.unknown().contains(name.namespace())) {
            now.put(name, resource);
          }
        });
    all.resources().forEach(resource -> take(resource, now));
    known = now;
    List<FanoutSpec> good =
        now.values().stream().map(KnownResource::spec).filter(Objects::nonNull).toList();
    if (!listed || !good.equals(specs)) {
      inForce = fanouts.apply(good);
      listed = true;
      specs = good;
    }
    return inForce;
  }

  private void take(PushFanout resource, SortedMap<FanoutName, KnownResource> now) {
    FanoutName name;
    try {
      name =
          new FanoutName(resource.getMetadata().getNamespace(), resource.getMetadata().getName());
    } catch (IllegalArgumentException e) {
      // An older definition let it in. It has no name that a caller could say.
      log.debug("a PushFanout is left out: {}", e.getMessage());
      return;
    }
    KnownResource before = known.get(name);
    KnownResource read = KnownResource.read(name, resource, before);
    now.put(name, read);
    if (read.refusal() != null && (before == null || before.refusal() != read.refusal())) {
      log.warn("PushFanout {} is not taken: {}", name, read.refusal().getMessage());
    }
  }

  /** In the order of their names. */
  synchronized List<KnownResource> all() {
    return List.copyOf(known.values());
  }

  /** The version of each that we know but for those of these namespaces, by uid. */
  Map<String, String> versions(Set<String> butOf) {
    return all().stream()
        .filter(known -> !butOf.contains(known.name().namespace()))
        .collect(
            Collectors.toMap(
                KnownResource::uid, one -> one.resource().getMetadata().getResourceVersion()));
  }
}
