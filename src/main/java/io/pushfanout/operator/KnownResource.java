package io.pushfanout.operator;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A resource, and what we make of it.
 *
 * @param name as callers say it
 * @param resource as the API server last told it
 * @param spec in force: its own, or its last good one; null while there was none
 * @param refusal why its present spec is not taken; null when it is
 */
record KnownResource(
    FanoutName name,
    PushFanout resource,
    @Nullable FanoutSpec spec,
    @Nullable SettingException refusal) {

  /**
   * A resource that was not there before, or has changed since.
   *
   * @param saved its last good spec, where an earlier process had one
   */
  static KnownResource read(
      FanoutName name,
      PushFanout resource,
      @Nullable KnownResource before,
      @Nullable FanoutSpec saved,
      TenantPolicy policy) {
    if (before == null) {
      return readAnew(name, resource, saved, policy);
    }
    if (!before.uid().equals(uid(resource))) {
      return readAnew(name, resource, null, policy);
    }
    return before.generation() == generation(resource)
        ? new KnownResource(name, resource, before.spec, before.refusal)
        : readAnew(name, resource, before.spec, policy);
  }

  private static KnownResource readAnew(
      FanoutName name, PushFanout resource, @Nullable FanoutSpec lastGood, TenantPolicy policy) {
    try {
      FanoutSpec spec = SpecMapping.read(resource);
      policy.check(spec);
      return new KnownResource(name, resource, spec, null);
    } catch (SettingException e) {
      return new KnownResource(name, resource, lastGood, e);
    }
  }

  /** The same resource, refused whatever its spec is. */
  KnownResource without(SettingException refused) {
    return new KnownResource(name, resource, null, refused);
  }

  /** Whether it is another, or another edit of it, than before, or taken or refused otherwise. */
  boolean isNews(@Nullable KnownResource before) {
    return before == null
        || !before.uid().equals(uid())
        || before.generation() != generation()
        || !Objects.equals(message(before.refusal), message(refusal));
  }

  private static @Nullable String message(@Nullable SettingException refusal) {
    return refusal == null ? null : refusal.getMessage();
  }

  String uid() {
    return uid(resource);
  }

  /** When it was made, by the API server's clock. */
  Instant created() {
    try {
      return SpecMapping.created(resource);
    } catch (SettingException _) {
      return Instant.MAX; // It is refused for that already, and takes no other's place.
    }
  }

  /** What the replicas said of it, by their names. */
  Map<String, ReplicaStatus> entries() {
    PushFanoutStatus status = resource.getStatus();
    return status == null ? new TreeMap<>() : status.entries();
  }

  long generation() {
    return generation(resource);
  }

  private static long generation(PushFanout resource) {
    @Nullable Long generation = resource.getMetadata().getGeneration();
    return generation == null ? 1 : generation;
  }

  private static String uid(PushFanout resource) {
    return resource.getMetadata().getUid();
  }
}
