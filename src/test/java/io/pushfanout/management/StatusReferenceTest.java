package io.pushfanout.management;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.json.ServerStatus;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.tools.MadePage;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Consistency between the page of the status and the document that a server returns. */
class StatusReferenceTest {
  private static final Map<String, String> MEANINGS =
      Map.ofEntries(
          entry("ready", "whether `/readyz` is 200"),
          entry("replica", "the name of the process among its replicas"),
          entry("problems", "problems of the process"),
          entry("problems[].node", "the node's `host:port`; empty if the problem is of no node"),
          entry("problems[].reason", "the reason, one of those below"),
          entry("problems[].message", "one line for people"),
          entry("fanouts", "the fanouts of the process, by name"),
          entry("fanouts[].name", "`namespace/name`"),
          entry("fanouts[].generation", "the generation of the resource or file that runs"),
          entry("fanouts[].settings", "the settings in force, in the resource's form"),
          entry("fanouts[].problems", "problems of the fanout and of its nodes"),
          entry("fanouts[].problems[].node", "as above"),
          entry("fanouts[].problems[].reason", "as above"),
          entry("fanouts[].problems[].message", "as above"),
          entry("fanouts[].nodes", "nodes of the fanout, retiring ones too, by address"),
          entry("fanouts[].nodes[].address", "`host:port`"),
          entry("fanouts[].nodes[].state", "the state, one of those below"),
          entry("fanouts[].nodes[].delivery", "`calls`, `streams` or `held`"),
          entry("fanouts[].nodes[].stateSeconds", "seconds since the begin of the state"),
          entry("fanouts[].nodes[].queueSize", "capacity of the queue in messages"),
          entry("fanouts[].nodes[].queueBytes", "capacity of the queue in encoded bytes"),
          entry(
              "fanouts[].nodes[].interest",
              "way of rooms: `routed`, `everything`, `off` or `unimplemented`"),
          entry("fanouts[].nodes[].rooms", "rooms that the node has listed"),
          entry("fanouts[].nodes[].queued", "messages that wait"),
          entry("fanouts[].nodes[].queuedBytes", "their encoded bytes"),
          entry("fanouts[].nodes[].inFlight", "deliveries under way, and in backoff"),
          entry("fanouts[].nodes[].workers", "deliveries that may be under way"),
          entry("fanouts[].nodes[].enqueued", "messages that the queue has taken"),
          entry("fanouts[].nodes[].delivered", "messages that the node answered with OK"),
          entry("fanouts[].nodes[].failed", "messages given up after the last attempt"),
          entry("fanouts[].nodes[].expired", "messages older than `messageTTL`"),
          entry("fanouts[].nodes[].dropped", "messages dropped, by reason"));

  private final TreeSet<String> unused = new TreeSet<>(MEANINGS.keySet());

  @Test
  void theFieldsAreThoseOfTheDocument() throws Exception {
    MadePage page = new MadePage("Status");
    page.paragraph(
        "`GET /api/v1/status` returns this JSON. Each field is always there; later versions may have"
            + " more. [Operations](../operations.md#status) describes each state and reason.");
    page.table("field", "type", "meaning");
    fields(page, "", ServerStatus.class);
    assertThat(unused).as("fields that are no more").isEmpty();
    page.heading("States of a node");
    page.paragraph(MadePage.codes(labels(NodeState.values(), NodeState::label)) + ".");
    page.heading("Reasons of drops");
    page.paragraph("Before the enqueue: %s. After it: %s.".formatted(drops(false), drops(true)));
    page.heading("Reasons of problems");
    page.paragraph(MadePage.codes(labels(ProblemReason.values(), ProblemReason::label)) + ".");
    page.assertIs("status.md");
  }

  private void fields(MadePage page, String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String path = prefix + component.getName();
      assertThat(MEANINGS).as("the meaning of a new field").containsKey(path);
      unused.remove(path);
      page.row(
          MadePage.code(path), name(component.getGenericType()), MEANINGS.getOrDefault(path, ""));
      if (component.getGenericType() instanceof ParameterizedType list
          && list.getActualTypeArguments()[0] instanceof Class<?> item
          && item.isRecord()) {
        fields(page, path + "[].", item);
      }
    }
  }

  private static String name(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == List.class ? "list" : "object";
    }
    return type == boolean.class ? "boolean" : type == String.class ? "string" : "number";
  }

  private static <T> List<String> labels(T[] values, Function<T, String> label) {
    return Arrays.stream(values).map(label).toList();
  }

  private static String drops(boolean afterEnqueue) {
    return MadePage.codes(
        Arrays.stream(DropReason.values())
            .filter(reason -> reason.afterEnqueue() == afterEnqueue)
            .map(DropReason::label)
            .toList());
  }
}
