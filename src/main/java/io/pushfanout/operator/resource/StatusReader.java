package io.pushfanout.operator.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reader of {@code status}, value by value. Values in another form than this program writes are
 * left out: the status then differs from the due one, and is written again.
 */
final class StatusReader {
  private static final Set<String> STATUSES = Set.of("True", "False", "Unknown");

  /** A problem that differs from every written one. */
  private static final NodeProblem UNREADABLE = new NodeProblem(null, null, null);

  private StatusReader() {}

  /** Returns the status; null when it is not an object. */
  static @Nullable PushFanoutStatus read(JsonNode status) {
    return status.isObject()
        ? new PushFanoutStatus(
            count(status.path("observedGeneration")),
            conditions(status.path("conditions")),
            number(status.path("nodes")),
            number(status.path("readyNodes")),
            number(status.path("slowNodes")),
            replicas(status.path("replicas")))
        : null;
  }

  private static @Nullable Long count(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0
        ? (Long) value.longValue()
        : null;
  }

  private static @Nullable Integer number(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0
        ? (Integer) value.intValue()
        : null;
  }

  private static @Nullable List<Condition> conditions(JsonNode list) {
    if (!list.isArray()) {
      return null;
    }
    List<Condition> conditions = new ArrayList<>();
    for (JsonNode item : list) {
      if (isCondition(item)) {
        conditions.add(
            new ConditionBuilder()
                .withType(item.path("type").textValue())
                .withStatus(item.path("status").textValue())
                .withReason(item.path("reason").textValue())
                .withMessage(item.path("message").textValue())
                .withObservedGeneration(count(item.path("observedGeneration")))
                .withLastTransitionTime(item.path("lastTransitionTime").textValue())
                .build());
      }
    }
    return conditions;
  }

  private static boolean isCondition(JsonNode item) {
    return item.path("type").isTextual()
        && STATUSES.contains(item.path("status").asText())
        && isTime(item.path("lastTransitionTime").asText());
  }

  private static boolean isTime(String text) {
    try {
      return Instant.parse(text).isAfter(Instant.MIN);
    } catch (DateTimeException _) {
      return false;
    }
  }

  /**
   * Returns the items at their indexes, by which they are removed; null for an item without a name.
   */
  private static @Nullable List<@Nullable ReplicaStatus> replicas(JsonNode list) {
    if (!list.isArray()) {
      return null;
    }
    List<@Nullable ReplicaStatus> replicas = new ArrayList<>();
    for (JsonNode item : list) {
      @Nullable String name = item.path("name").textValue();
      replicas.add(name == null ? null : replica(name, item));
    }
    return replicas;
  }

  private static ReplicaStatus replica(String name, JsonNode item) {
    return new ReplicaStatus(
        name,
        count(item.path("observedGeneration")),
        number(item.path("nodes")),
        number(item.path("readyNodes")),
        number(item.path("slowNodes")),
        problems(item.path("problems")));
  }

  private static @Nullable List<NodeProblem> problems(JsonNode list) {
    if (!list.isArray()) {
      return list.isMissingNode() ? null : List.of(UNREADABLE);
    }
    List<NodeProblem> problems = new ArrayList<>();
    for (JsonNode item : list) {
      problems.add(
          new NodeProblem(
              item.path("node").textValue(),
              item.path("reason").textValue(),
              item.path("message").textValue()));
    }
    return problems;
  }
}
