package io.pushfanout.operator;

import com.google.common.collect.Maps;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.pushfanout.checkpoint.Checkpoint;
import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.checkpoint.Checkpointed.Origin;
import io.pushfanout.concurrent.LogLimits;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.policy.Ceilings;
import io.pushfanout.operator.policy.TenantPolicy;
import io.pushfanout.operator.policy.TenantPolicy.NotAllowedException;
import io.pushfanout.operator.resource.PushFanout;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resources of the API server, as specs. A resource with a refused spec keeps its last good
 * spec in force. The last list stays while the API server is away; before the first list, the
 * resources that an earlier process saved can be served. Any thread may call it.
 */
final class Resources {
  private static final Logger log = LoggerFactory.getLogger(Resources.class);

  private static final int REFUSALS = 100;

  private final Function<List<FanoutSpec>, CompletableFuture<Void>> fanouts;
  private final TenantPolicy policy;
  private final Checkpointed<List<FanoutSpec>> checkpoint;

  /** Limits of lines by namespace: its tenants may edit without a limit. */
  private final LogLimits<String> refusals = new LogLimits<>(REFUSALS, System::nanoTime);

  /** Saved specs that the API server has not listed yet. */
  private List<FanoutSpec> saved;

  /** Resources as each is by itself, before the ceiling on their number. */
  private SortedMap<FanoutName, TrackedResource> read = new TreeMap<>();

  private SortedMap<FanoutName, TrackedResource> known = new TreeMap<>();
  private CompletableFuture<Void> inForce = CompletableFuture.completedFuture(null);

  /** UIDs of resources with names that no fanout can have. */
  private Set<String> nameless = Set.of();

  /**
   * @param policy what they may have
   * @param checkpoint holds the specs in force, and those of an earlier process
   * @param fanouts takes all specs there are; its future completes once they are in force
   */
  Resources(
      TenantPolicy policy,
      Checkpointed<List<FanoutSpec>> checkpoint,
      Function<List<FanoutSpec>, CompletableFuture<Void>> fanouts) {
    this.policy = policy;
    this.checkpoint = checkpoint;
    this.saved =
        checkpoint.saved().stream()
            .flatMap(saved -> saved.value().stream())
            .filter(this::isAllowed)
            .toList();
    this.fanouts = fanouts;
  }

  private boolean isAllowed(FanoutSpec spec) {
    try {
      policy.check(spec);
      return true;
    } catch (NotAllowedException e) {
      log.warn("PushFanout {} is not served as it was saved: {}", spec.name(), e.getMessage());
      return false;
    }
  }

  /**
   * Serves the saved specs if the API server has had its time to list.
   *
   * @param failed whether an attempt to list has failed
   * @param why the reason in one line, for the log
   * @return completed when they are in force; empty if this call does not serve them
   */
  synchronized Optional<CompletableFuture<Void>> fallBack(boolean failed, String why) {
    return checkpoint
        .fallBack(failed)
        .map(
            restored -> {
              log.warn(
                  "the API server has not answered: serving the resources saved as of {} ({}): {}",
                  restored.asOf(),
                  restored.value().size(),
                  why);
              inForce = fanouts.apply(withPlace(saved));
              return inForce;
            });
  }

  /** Records that the API server has confirmed the list now. */
  void confirm() {
    checkpoint.confirm();
  }

  /**
   * Replaces all resources.
   *
   * @return completed when they, or newer ones, are in force
   */
  synchronized CompletableFuture<Void> replace(ResourceList all) {
    SortedMap<FanoutName, TrackedResource> now = new TreeMap<>();
    read.forEach(
        (name, resource) -> {
          if (all.unknown().contains(name.namespace())) {
            now.put(name, resource);
          }
        });
    Set<String> nowNameless = new HashSet<>();
    for (PushFanout resource : all.resources()) {
      ResourceList.name(resource)
          .ifPresentOrElse(
              name -> take(name, resource, now), () -> leaveOut(resource, nowNameless));
    }
    nameless = nowNameless;
    read = now;
    count(now);
    // The checkpoint of a namespace without an answer is its last good state, served yet or not.
    saved = saved.stream().filter(spec -> all.unknown().contains(spec.name().namespace())).toList();
    List<FanoutSpec> good =
        Stream.concat(
                known.values().stream().map(TrackedResource::spec).filter(Objects::nonNull),
                withPlace(saved).stream().filter(spec -> !now.containsKey(spec.name())))
            .toList();
    if (!checkpoint.live().map(Checkpoint::value).equals(Optional.of(good))) {
      inForce = fanouts.apply(good);
    }
    if (checkpoint.offerLive(good) == Origin.RESTORED) {
      log.info("the API server answers: its resources take the place of the saved ones");
    }
    return inForce;
  }

  private void take(
      FanoutName name, PushFanout resource, SortedMap<FanoutName, TrackedResource> now) {
    now.put(
        name,
        TrackedResource.read(name, resource, read.get(name), savedOf(name, resource), policy));
  }

  /** Logs a resource whose name no fanout can have, once: a status would not reach it. */
  private void leaveOut(PushFanout resource, Set<String> now) {
    ObjectMeta metadata = resource.getMetadata();
    if (now.add(metadata.getUid()) && !nameless.contains(metadata.getUid())) {
      refusals
          .of(metadata.getNamespace())
          .write(
              note ->
                  log.warn(
                      "PushFanout {}/{} is not taken: metadata.name: must have at most 63"
                          + " characters between dots{}",
                      metadata.getNamespace(),
                      metadata.getName(),
                      note));
    }
  }

  /**
   * Refuses the resources beyond the ceiling of their namespace; a refused resource runs nothing.
   */
  private void count(SortedMap<FanoutName, TrackedResource> all) {
    SortedMap<FanoutName, TrackedResource> before = known;
    Ceilings ceilings = policy.ceilings();
    Set<FanoutName> beyond = ceilings.beyond(Maps.transformValues(all, TrackedResource::created));
    known = new TreeMap<>(all);
    known.replaceAll(
        (name, resource) ->
            beyond.contains(name)
                ? resource.without(ceilings.tooMany(name.namespace()))
                : resource);
    known.forEach(
        (name, resource) -> {
          SettingException refusal = resource.refusal();
          if (refusal != null && resource.isNews(before.get(name))) {
            String why = String.valueOf(refusal.getMessage());
            refusals
                .of(name.namespace())
                .write(note -> log.warn("PushFanout {} is not taken: {}{}", name, why, note));
          }
        });
  }

  private List<FanoutSpec> withPlace(List<FanoutSpec> specs) {
    Map<FanoutName, Instant> created =
        specs.stream()
            .collect(Collectors.toMap(FanoutSpec::name, FanoutSpec::created, (one, _) -> one));
    Set<FanoutName> beyond = policy.ceilings().beyond(created);
    return specs.stream().filter(spec -> !beyond.contains(spec.name())).toList();
  }

  /** The last good spec of this very resource, and of no other that had its name. */
  private @Nullable FanoutSpec savedOf(FanoutName name, PushFanout resource) {
    String created = resource.getMetadata().getCreationTimestamp();
    return saved.stream()
        .filter(spec -> spec.name().equals(name))
        .filter(spec -> spec.created().toString().equals(created))
        .findFirst()
        .orElse(null);
  }

  /** Returns all resources by name. */
  synchronized List<TrackedResource> all() {
    return List.copyOf(known.values());
  }

  /** Returns the resource of this name; empty if there is none. */
  synchronized Optional<TrackedResource> find(FanoutName name) {
    return Optional.ofNullable(known.get(name));
  }

  /** Returns the version of each resource outside these namespaces, by uid. */
  Map<String, String> versions(Set<String> butOf) {
    return all().stream()
        .filter(known -> !butOf.contains(known.name().namespace()))
        .collect(
            Collectors.toMap(
                TrackedResource::uid, one -> one.resource().getMetadata().getResourceVersion()));
  }
}
