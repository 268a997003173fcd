package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.resource.NodeProblem;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.operator.resource.ReplicaStatus;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resources that an API server may hold under the definition of another version. */
class ResourceJsonTest {
  private static final KubernetesSerialization JSON = ResourceJson.serialization();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'workers': 99999999999} | workers: must be a whole number of 32 bits, is the number"
            + " 99999999999",
        "{'workers': 9223372036854775808} | workers: must be a whole number of 32 bits, is the"
            + " number 9223372036854775808",
        "{'workers': -2147483649} | workers: must be a whole number of 32 bits, is the number"
            + " -2147483649",
        "{'workers': 1e+21} | workers: must be a whole number of 32 bits, is the number 1.0E21",
        "{'workers': 10.5} | workers: must be a whole number of 32 bits, is the number 10.5",
        "{'workers': '10'} | workers: must be a whole number of 32 bits, is the string \"10\"",
        "{'workers': true} | workers: must be a whole number of 32 bits, is the boolean true",
        "{'workers': []} | workers: must be a whole number of 32 bits, is a list",
        "{'workers': {}} | workers: must be a whole number of 32 bits, is an object",
        "{'queueBytes': 1.5} | queueBytes: must be a string, is the number 1.5",
        "{'rpcTimeout': 5} | rpcTimeout: must be a string, is the number 5",
        "{'overflowPolicy': false} | overflowPolicy: must be a string, is the boolean false",
        "{'retry': ''} | retry: must be an object, is the string \"\"",
        "{'retry': [3]} | retry: must be an object, is a list",
        "{'retry': {'maxAttempts': {}}} | retry.maxAttempts: must be a whole number of 32 bits,"
            + " is an object",
        "{'tls': {'profile': 5}} | tls.profile: must be a string, is the number 5",
        "{'discovery': 'etcd'} | discovery: must be an object, is the string \"etcd\"",
        "{'discovery': {'static': []}} | discovery.static: must be an object, is a list",
        "{'discovery': {'static': {'nodes': 'a:1'}}} | discovery.static.nodes: must be a list, is"
            + " the string \"a:1\"",
        "{'discovery': {'static': {'nodes': ['a:1', 2]}}} | discovery.static.nodes[1]: must be a"
            + " string, is the number 2",
        "{'overrides': {}} | overrides: must be a list, is an object",
        "{'overrides': ['a']} | overrides[0]: must be an object, is the string \"a\"",
        "{'overrides': [{'name': 'a', 'nodes': ['*'], 'workers': 99999999999}]} |"
            + " overrides[0].workers: must be a whole number of 32 bits, is the number 99999999999",
        "[] | spec: must be an object, is a list",
        "'text' | spec: must be an object, is the string \"text\"",
        "'' | spec: must be an object, is the string \"\"",
        "5 | spec: must be an object, is the number 5"
      })
  void aSpecOfOtherTypesCostsItselfAndNamesTheField(String spec, String refusal) {
    List<PushFanout> listed = list(resource("'spec': " + spec), resource("'spec': {'workers': 3}"));

    assertThatThrownBy(() -> SpecMapping.read(listed.getFirst()))
        .isInstanceOf(SettingException.class)
        .hasMessage(refusal);
    assertThat(SpecMapping.read(listed.getLast()).settings().workers()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'spec': {'workers': 10.0}",
        "'spec': {'workers': 1e1, 'queueBytes': 6.5536e4}",
        "'spec': {'workers': 10, 'queueBytes': 65536, 'later': {'field': 99999999999999999999}}",
        "'spec': {'workers': 10, 'queueBytes': '64Ki', 'retry': null, 'overrides': null}"
      })
  void specsThatFilesAcceptAreAccepted(String spec) {
    assertThat(SpecMapping.read(list(resource(spec)).getFirst()).settings().workers())
        .isEqualTo(10);
  }

  @Test
  void aResourceNestedAsDeepAsTheServerAllowsDoesNoHarm() {
    String deep = "[".repeat(9_900) + "]".repeat(9_900);
    List<PushFanout> listed =
        list(resource("'spec': {'later': " + deep + "}, 'status': " + deep), resource("'spec': 5"));

    assertThat(SpecMapping.read(listed.getFirst()).settings().workers()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5",
        "'text'",
        "[]",
        "null",
        "{'nodes': 99999999999, 'readyNodes': -1, 'slowNodes': 'many', 'replicas': {}}",
        "{'nodes': 1e300, 'conditions': 'Ready', 'observedGeneration': {}}",
        "{'conditions': [null, 5, {}, {'type': 5}, {'type': 'Ready', 'status': 'Maybe'}]}",
        "{'conditions': [{'type': 'Ready', 'status': 'True', 'lastTransitionTime': 'today'}]}",
        "{'replicas': [null, 5, {}, {'name': 5}]}"
      })
  void aStatusOfNonsenseIsAsGoodAsNone(String status) {
    PushFanout read = list(resource("'spec': {}, 'status': " + status)).getFirst();

    PushFanoutStatus none = new PushFanoutStatus(null, null, null, null, null, null);
    PushFanoutStatus left = Objects.requireNonNullElse(read.getStatus(), none);
    assertThat(left.nodes()).isNull();
    assertThat(left.readyNodes()).isNull();
    assertThat(left.slowNodes()).isNull();
    assertThat(left.observedGeneration()).isNull();
    assertThat(Objects.requireNonNullElse(left.conditions(), List.of())).isEmpty();
    assertThat(left.entries()).isEmpty();
    assertThat(SpecMapping.read(read).settings().workers()).isEqualTo(10);
  }

  @Test
  void validPartsOfAStatusStay() {
    PushFanoutStatus status =
        list(resource(
                "'status': {'nodes': 2, 'readyNodes': 99999999999, 'conditions': [{}, {'type':"
                    + " 'Ready', 'status': 'True', 'reason': 'Ready', 'message': 'm',"
                    + " 'lastTransitionTime': '2026-11-22T10:00:00Z', 'observedGeneration':"
                    + " 3}], 'replicas': [5, {'name': 'a', 'nodes': 2, 'slowNodes': 1.5,"
                    + " 'problems': 'none'}]}"))
            .getFirst()
            .getStatus();

    assertThat(status.nodes()).isEqualTo(2);
    assertThat(status.conditions())
        .singleElement()
        .satisfies(ready -> assertThat(ready.getObservedGeneration()).isEqualTo(3));
    assertThat(status.replicas()).as("each in its place").hasSize(2).first().isNull();
    assertThat(status.entries())
        .containsEntry(
            "a",
            new ReplicaStatus(
                "a", null, 2, null, null, List.of(new NodeProblem(null, null, null))));
  }

  /** The library reads the object of a watch's event by its kind. */
  @Test
  void anEventOfAWatchHasTheTypesThatTheWatchDistinguishes() {
    assertThat(event("ERROR", "{'apiVersion': 'v1', 'kind': 'Status', 'code': 410}"))
        .isInstanceOfSatisfying(
            Status.class, status -> assertThat(status.getCode()).isEqualTo(410));
    assertThat(event("MODIFIED", resource("'spec': {'workers': 7}")))
        .isInstanceOfSatisfying(
            PushFanout.class, read -> assertThat(read.getSpec().workers()).isEqualTo(7));
  }

  private static KubernetesResource event(String type, String object) {
    String event = "{'type': '%s', 'object': %s}".formatted(type, object);
    return (KubernetesResource)
        JSON.unmarshal(event.replace('\'', '"'), WatchEvent.class).getObject();
  }

  private static String resource(String rest) {
    return """
    {'apiVersion': 'pushfanout.io/v1alpha1', 'kind': 'PushFanout', 'metadata': {'name': 'chat',
     'namespace': 'default', 'uid': 'u', 'resourceVersion': '7', 'generation': 1,
     'creationTimestamp': '2026-11-22T10:00:00Z'}, %s}"""
        .formatted(rest);
  }

  private static List<PushFanout> list(String... resources) {
    String list =
        "{'apiVersion': 'pushfanout.io/v1alpha1', 'kind': 'PushFanoutList', 'metadata': {},"
            + " 'items': [%s]}".formatted(String.join(",", resources));
    return JSON.unmarshal(
            list.replace('\'', '"'),
            new TypeReference<DefaultKubernetesResourceList<PushFanout>>() {})
        .getItems();
  }
}
