package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.text.Printable;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A writer of Events about a resource, for {@code kubectl describe}. */
final class EventWriter {
  /** The API server's limit for the note of an Event, in characters. */
  private static final int MESSAGE_MAX = 1000;

  private final KubernetesClient client;
  private final String replica;
  private final Clock clock;

  EventWriter(KubernetesClient client, String replica, Clock clock) {
    this.client = client;
    this.replica = replica;
    this.clock = clock;
  }

  void write(PushFanout about, EventRecord happening) {
    ObjectMeta meta = about.getMetadata();
    Instant now = clock.instant();
    client
        .v1()
        .events()
        .inNamespace(meta.getNamespace())
        .resource(
            new EventBuilder()
                .withNewMetadata()
                .withNamespace(meta.getNamespace())
                .withGenerateName(stem(meta.getName()) + ".")
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(meta.getNamespace())
                .withName(meta.getName())
                .withUid(meta.getUid())
                .endInvolvedObject()
                .withType(happening.reason().type())
                .withReason(happening.reason().label())
                .withMessage(Printable.line(happening.message(), MESSAGE_MAX))
                .withNewSource()
                .withComponent("pushfanout")
                .endSource()
                .withReportingComponent("pushfanout.io/operator")
                .withReportingInstance(replica.substring(0, Math.min(replica.length(), 128)))
                .withFirstTimestamp(time(now.minus(happening.ago())))
                .withLastTimestamp(time(now))
                .withCount(happening.count())
                .build())
        .create();
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String stem(String name) {
    return name.substring(0, Math.min(name.length(), 200));
  }
}
