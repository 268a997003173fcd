package io.pushfanout.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.pushfanout.config.ResourceFiles;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.resource.PushFanout;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A resource as an API server tells it, in JSON, which may hold what our own definition would not
 * have let in. Where it is a good file as well, both say the same.
 */
public final class KubernetesResourceFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 600;

  /** As the client reads. Made when it is used: others start without it. */
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
      // Files have no ages.
      boolean ofAge = e.field().equals("metadata.creationTimestamp");
      Held.that(ofAge || byFile.isEmpty(), "a file may say what a resource may not", e);
    }
    KnownResource known =
        KnownResource.read(
            new FanoutName("default", "default"), resource, null, null, TenantPolicy.EVERYTHING);
    Summary summary = Summary.of(known, Set.of("replica-1"), known.entries().values(), null);
    summary.verdicts().forEach(verdict -> Held.line(verdict.message(), LONGEST_MESSAGE));
  }

  /** Null where it is none, or lacks what every API server adds. */
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

  /** But for what files do not say. */
  private static FanoutSpec alike(FanoutSpec spec) {
    return new FanoutSpec(
        spec.name(), 1, Instant.EPOCH, spec.settings(), spec.overrides(), spec.discovery());
  }
}
