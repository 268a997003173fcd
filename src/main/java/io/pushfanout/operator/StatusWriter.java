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
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A writer of the status by server-side apply. Each replica owns its entry and the elected one owns
 * the rest, so neither can overwrite the other. It writes nothing but the status.
 */
final class StatusWriter {
  private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);

  /** Status codes of a resource that is gone or was replaced by another of the same name. */
  private static final Set<Integer> GONE =
      Set.of(HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT);

  /**
   * Time without another attempt after a write that was too large or got no answer: each such
   * attempt takes seconds, in which no other resource is written.
   */
  static final Duration PAUSE = Duration.ofSeconds(30);

  /** The API server's limit for the name of a field manager, in characters. */
  private static final int MANAGER_MAX = 128;

  private final KubernetesClient client;
  private final String summaries;
  private final LongSupplier nanoClock;

  /** Uids of resources with a refused status. */
  private final Set<String> refused = new HashSet<>();

  private final Map<Write, Long> pausedSince = new HashMap<>();

  /** One manager's part of a resource's status. */
  private record Write(String uid, String manager) {}

  /**
   * @param installation name that separates the summaries of several installations
   */
  StatusWriter(KubernetesClient client, String installation, LongSupplier nanoClock) {
    this.client = client;
    this.summaries = manager("summary." + installation);
    this.nanoClock = nanoClock;
  }

  /** Removes the state of resources that are not among these. */
  void retain(Set<String> uids) {
    refused.retainAll(uids);
    pausedSince.keySet().removeIf(write -> !uids.contains(write.uid()));
  }

  /** Writes the entry of a replica. */
  void entry(PushFanout resource, ReplicaStatus entry) {
    apply(resource, manager(entry.name()), PushFanoutStatus.ofReplica(entry));
  }

  /** Removes the entry that this replica owns. */
  void withdrawEntry(PushFanout resource, String replica) {
    apply(resource, manager(replica), null);
  }

  /** Removes the entry of another replica, whichever manager owns it. */
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
      // The entry has moved: the watch delivers its new place for the next round.
      if (!ApiFailure.isOfObject(e) && !GONE.contains(e.getCode())) {
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

  /** Writes the summary: everything but the entries. */
  void summary(PushFanout resource, PushFanoutStatus summary) {
    apply(resource, summaries, summary);
  }

  /** Removes the summary of this installation. */
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
    String uid = resource.getMetadata().getUid();
    Write write = new Write(uid, manager);
    Long since = pausedSince.get(write);
    if (since != null && nanoClock.getAsLong() - since < PAUSE.toNanos()) {
      return;
    }
    PushFanout patch = new PushFanout();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(resource.getMetadata().getNamespace())
            .withName(resource.getMetadata().getName())
            .withUid(uid)
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
      refused.remove(uid);
      pausedSince.remove(write);
    } catch (KubernetesClientException e) {
      boolean noAnswer = ApiFailure.isNoAnswer(e);
      if (noAnswer || ApiFailure.isTooLarge(e)) {
        pausedSince.put(write, nanoClock.getAsLong());
      }
      if (noAnswer || ApiFailure.isOfObject(e)) {
        refused(resource, e);
      }
      if (!ApiFailure.isOfObject(e) && !GONE.contains(e.getCode())) {
        throw e;
      }
    }
  }

  private void refused(PushFanout resource, KubernetesClientException e) {
    if (refused.add(resource.getMetadata().getUid())) {
      log.warn(
          "the status of {}/{} is not written: {}",
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
