package io.pushfanout.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.pushfanout.config.ResourceFiles;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.policy.TenantPolicy;
import io.pushfanout.operator.resource.PushFanout;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A fuzz target for a resource in an API server's JSON, which may hold more than our own definition
 * permits. A resource that is also a good file must give the same spec in both forms.
 */
public final class KubernetesResourceFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 600;

  /** The client's own reader, loaded on first use: other targets start without it. */
  private static final class Client {
    static final ObjectMapper JSON = new ObjectMapper();

    static {
      new KubernetesSerialization(JSON, false);
    }
  }

  @Override
  public String name() {
    return "kubernetes-resource";
  }

  @Override
  public void take(byte[] input) {
    PushFanout resource = resource(input);
    if (resource == null) {
      return;
    }
    Optional<FanoutSpec> byFile =
        ResourceFiles.read(input).filter(specs -> specs.size() == 1).map(List::getFirst);
    try {
      FanoutSpec spec = SpecMapping.read(resource);
      Held.that(
          byFile.isEmpty() || alike(byFile.get()).equals(alike(spec)), "a file says", spec, byFile);
    } catch (SettingException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      // Files have no creation time.
      boolean ofAge = e.field().equals("metadata.creationTimestamp");
      Held.that(ofAge || byFile.isEmpty(), "a file may say what a resource may not", e);
    }
    TrackedResource known =
        TrackedResource.read(
            new FanoutName("default", "default"), resource, null, null, TenantPolicy.EVERYTHING);
    AggregatedStatus aggregated =
        AggregatedStatus.of(known, Set.of("replica-1"), known.entries().values(), null);
    aggregated.verdicts().forEach(verdict -> Held.line(verdict.message(), LONGEST_MESSAGE));
  }

  /**
   * Returns the resource, or null for other input and for a resource without the fields that every
   * API server adds.
   */
  private static @Nullable PushFanout resource(byte[] input) {
    try {
      PushFanout resource = Client.JSON.readValue(input, PushFanout.class);
      return resource == null
              || resource.getMetadata() == null
              || resource.getMetadata().getGeneration() == null
              || resource.getMetadata().getUid() == null
              || resource.getMetadata().getNamespace() == null
              || resource.getMetadata().getName() == null
          ? null
          : resource;
    } catch (IOException _) {
      return null;
    }
  }

  /** Returns the spec without the fields that files lack. */
  private static FanoutSpec alike(FanoutSpec spec) {
    return new FanoutSpec(
        spec.name(), 1, Instant.EPOCH, spec.settings(), spec.overrides(), spec.discovery());
  }
}
