package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.resource.PushFanout;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
   * These are all there are. One that is being deleted is gone, whoever holds it up.
   *
   * @return completed when they, or newer ones, are in force
   */
  synchronized CompletableFuture<Void> replace(Stream<PushFanout> all) {
    SortedMap<FanoutName, KnownResource> now = new TreeMap<>();
    all.filter(resource -> !resource.isMarkedForDeletion())
        .forEach(
            resource -> {
              FanoutName name = KnownResource.name(resource);
              KnownResource before = known.get(name);
              KnownResource read = KnownResource.read(resource, before);
              now.put(name, read);
              if (read.refusal() != null
                  && (before == null || before.refusal() != read.refusal())) {
                log.warn("PushFanout {} is not taken: {}", name, read.refusal().getMessage());
              }
            });
    known = now;
    List<FanoutSpec> good =
        now.values().stream().map(KnownResource::spec).filter(Objects::nonNull).toList();
    if (!listed || !good.equals(specs)) {
      listed = true;
      specs = good;
      inForce = fanouts.apply(good);
    }
    return inForce;
  }

  synchronized List<KnownResource> all() {
    return List.copyOf(known.values());
  }

  /** The version of each that we know, by uid. */
  Map<String, String> versions() {
    return versions(all().stream().map(KnownResource::resource));
  }

  static Map<String, String> versions(Stream<PushFanout> resources) {
    return resources
        .filter(resource -> !resource.isMarkedForDeletion())
        .map(PushFanout::getMetadata)
        .collect(Collectors.toMap(ObjectMeta::getUid, ObjectMeta::getResourceVersion));
  }
}
