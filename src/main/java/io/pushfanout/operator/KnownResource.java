package io.pushfanout.operator;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.Map;
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
      AllowLists allowed) {
    if (before == null) {
      return readAnew(name, resource, saved, allowed);
    }
    if (!before.uid().equals(uid(resource))) {
      return readAnew(name, resource, null, allowed);
    }
    return before.generation() == generation(resource)
        ? new KnownResource(name, resource, before.spec, before.refusal)
        : readAnew(name, resource, before.spec, allowed);
  }

  private static KnownResource readAnew(
      FanoutName name, PushFanout resource, @Nullable FanoutSpec lastGood, AllowLists allowed) {
    try {
      FanoutSpec spec = SpecMapping.read(resource);
      allowed.check(spec);
      return new KnownResource(name, resource, spec, null);
    } catch (SettingException e) {
      return new KnownResource(name, resource, lastGood, e);
    }
  }

  String uid() {
    return uid(resource);
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
    return resource.getMetadata().getGeneration();
  }

  private static String uid(PushFanout resource) {
    return resource.getMetadata().getUid();
  }
}
