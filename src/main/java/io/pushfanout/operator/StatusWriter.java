package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.EditReplacePatchable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.net.HttpURLConnection;
import java.util.HashSet;
import java.util.List;
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

  /** A resource that is gone, or that is another one of the same name, needs no status. */
  private static final Set<Integer> GONE =
      Set.of(HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT);

  /** By rules of another version, say; the other resources' status goes on. */
  private static final int UNPROCESSABLE = 422;

  /** The API server's bound for the name of a field manager. */
  private static final int MANAGER_MAX = 128;

  private final KubernetesClient client;
  private final String summaries;

  /** The uids of resources whose status was refused when it was last written. */
  private final Set<String> refused = new HashSet<>();

  /**
   * @param installation tells the summaries of several installations apart
   */
  StatusWriter(KubernetesClient client, String installation) {
    this.client = client;
    this.summaries = manager("summary." + installation);
  }

  /** Resources but these are gone. */
  void retain(Set<String> uids) {
    refused.retainAll(uids);
  }

  /** This replica's entry. */
  void entry(PushFanout resource, ReplicaStatus entry) {
    apply(resource, manager(entry.name()), PushFanoutStatus.ofReplica(entry));
  }

  /** Takes this replica's own entry away. */
  void withdrawEntry(PushFanout resource, String replica) {
    apply(resource, manager(replica), null);
  }

  /** Takes the entry of another replica away, whoever wrote it. */
  void prune(PushFanout resource, String replica) {
    List<String> names = replicas(resource);
    int index = names.indexOf(replica);
    if (index < 0) {
      return;
    }
    String at = "/status/replicas/" + index;
    try {
      named(resource)
          .patch(
              PatchContext.of(PatchType.JSON),
              """
              [{"op":"test","path":"%s/name","value":%s},{"op":"remove","path":"%s"}]\
              """
                  .formatted(at, Serialization.asJson(replica), at));
    } catch (KubernetesClientException e) {
      // It stands elsewhere now: the watch will tell, and the next round sees it there.
      if (e.getCode() != UNPROCESSABLE && !GONE.contains(e.getCode())) {
        throw e;
      }
    }
  }

  private static List<String> replicas(PushFanout resource) {
    PushFanoutStatus status = resource.getStatus();
    return status == null || status.replicas() == null
        ? List.of()
        : status.replicas().stream().map(entry -> entry == null ? "" : entry.name()).toList();
  }

  /** Everything but the entries. */
  void summary(PushFanout resource, PushFanoutStatus summary) {
    apply(resource, summaries, summary);
  }

  /** Takes it away, where it is still ours. */
  void withdrawSummary(PushFanout resource) {
    apply(resource, summaries, null);
  }

  private EditReplacePatchable<PushFanout> named(PushFanout resource) {
    return client
        .resources(PushFanout.class)
        .inNamespace(resource.getMetadata().getNamespace())
        .withName(resource.getMetadata().getName())
        .subresource("status");
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
      refused.remove(resource.getMetadata().getUid());
    } catch (KubernetesClientException e) {
      if (e.getCode() == UNPROCESSABLE) {
        refused(resource, e);
      } else if (!GONE.contains(e.getCode())) {
        throw e;
      }
    }
  }

  private void refused(PushFanout resource, KubernetesClientException e) {
    if (refused.add(resource.getMetadata().getUid())) {
      log.warn(
          "the status of {}/{} is refused: {}",
          resource.getMetadata().getNamespace(),
          resource.getMetadata().getName(),
          ApiFailure.reason(e, "the API server"));
    }
  }

  private static String manager(String replica) {
    String name = "pushfanout." + replica;
    return name.length() <= MANAGER_MAX
        ? name
        : name.substring(0, MANAGER_MAX - 9) + "-" + "%08x".formatted(name.hashCode());
  }
}
