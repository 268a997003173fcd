package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.net.HttpURLConnection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the status by server-side apply: each replica owns its entry, whoever is elected owns
 * the rest, and neither can undo what the other says. Nothing but the status is ever written.
 */
final class StatusWriter {
  private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);

  private static final String SUMMARY = "pushfanout-summary";

  /** A resource that is gone, or that is another one of the same name, needs no status. */
  private static final Set<Integer> GONE =
      Set.of(HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT);

  /** By rules of another version, say; the other resources' status goes on. */
  private static final int UNPROCESSABLE = 422;

  /** The API server's bound for the name of a field manager. */
  private static final int MANAGER_MAX = 128;

  private final KubernetesClient client;
  private final Set<FanoutName> refused = new HashSet<>();

  StatusWriter(KubernetesClient client) {
    this.client = client;
  }

  /** This replica's entry. */
  void entry(PushFanout resource, ReplicaStatus entry) {
    apply(resource, manager(entry.name()), PushFanoutStatus.ofReplica(entry));
  }

  /** Takes the entry of a replica away, whoever asks. */
  void withdraw(PushFanout resource, String replica) {
    apply(resource, manager(replica), null);
  }

  /** Everything but the entries. */
  void summary(PushFanout resource, PushFanoutStatus summary) {
    apply(resource, SUMMARY, summary);
  }

  private void apply(PushFanout resource, String manager, @Nullable PushFanoutStatus status) {
    PushFanout patch = new PushFanout();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(resource.getMetadata().getNamespace())
            .withName(resource.getMetadata().getName())
            .withUid(resource.getMetadata().getUid())
            .build());
    patch.setStatus(status);
    try {
      client
          .resource(patch)
          .subresource("status")
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.SERVER_SIDE_APPLY)
                  .withFieldManager(manager)
                  .withForce(true)
                  .build());
    } catch (KubernetesClientException e) {
      if (e.getCode() == UNPROCESSABLE) {
        refused(KnownResource.name(resource), e);
      } else if (!GONE.contains(e.getCode())) {
        throw e;
      }
    }
  }

  private void refused(FanoutName name, KubernetesClientException e) {
    if (refused.add(name)) {
      log.warn("the status of {} is refused: {}", name, ApiFailure.reason(e));
    }
  }

  private static String manager(String replica) {
    String name = "pushfanout." + replica;
    return name.length() <= MANAGER_MAX
        ? name
        : name.substring(0, MANAGER_MAX - 9) + "-" + "%08x".formatted(name.hashCode());
  }
}
