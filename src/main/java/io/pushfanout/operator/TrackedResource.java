package io.pushfanout.operator;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.policy.TenantPolicy;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A resource with its spec in force and the refusal of its present spec.
 *
 * @param name the fanout's name in broadcasts
 * @param resource the resource as last received from the API server
 * @param spec the spec in force: its own or its last good one; null before the first good one
 * @param refusal why its present spec is refused; null when it is accepted
 */
record TrackedResource(
    FanoutName name,
    PushFanout resource,
    @Nullable FanoutSpec spec,
    @Nullable SettingException refusal) {

  /**
   * Reads a resource that is new or has changed.
   *
   * @param saved its last good spec from an earlier process; null where there is none
   */
  static TrackedResource read(
      FanoutName name,
      PushFanout resource,
      @Nullable TrackedResource before,
      @Nullable FanoutSpec saved,
      TenantPolicy policy) {
    if (before == null) {
      return readAnew(name, resource, saved, policy);
    }
    if (!before.uid().equals(uid(resource))) {
      return readAnew(name, resource, null, policy);
    }
    return before.generation() == generation(resource)
        ? new TrackedResource(name, resource, before.spec, before.refusal)
        : readAnew(name, resource, before.spec, policy);
  }

  private static TrackedResource readAnew(
      FanoutName name, PushFanout resource, @Nullable FanoutSpec lastGood, TenantPolicy policy) {
    try {
      FanoutSpec spec = SpecMapping.read(resource);
      policy.check(spec);
      return new TrackedResource(name, resource, spec, null);
    } catch (SettingException e) {
      return new TrackedResource(name, resource, lastGood, e);
    }
  }

  /** Returns the same resource, refused and without a spec in force. */
  TrackedResource without(SettingException refused) {
    return new TrackedResource(name, resource, null, refused);
  }

  /** Returns whether the resource, its generation or its refusal differs from before. */
  boolean isNews(@Nullable TrackedResource before) {
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

  /** Returns the creation time by the API server's clock. */
  Instant created() {
    try {
      return SpecMapping.created(resource);
    } catch (SettingException _) {
      return Instant.MAX; // Refused for its timestamp; as the newest it takes no other's place.
    }
  }

  /** Returns the replicas' entries in the status, by replica. */
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
