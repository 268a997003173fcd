package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.operator.resource.PushFanout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SpecMappingTest {
  private static final String METADATA =
      """
      {"apiVersion": "pushfanout.io/v1alpha1", "kind": "PushFanout",
       "metadata": {"namespace": "chat", "name": "eu", "generation": 7,
                    "creationTimestamp": "2026-05-06T07:08:09Z"}\
      """;

  private static FanoutSpec read(String spec) {
    return SpecMapping.read(resource(METADATA + ", \"spec\": " + spec + "}"));
  }

  private static PushFanout resource(String json) {
    return Serialization.unmarshal(json, PushFanout.class);
  }

  /** Returns the spec that sets one field, such as {@code {"retry": {"maxAttempts": 3}}}. */
  private static String setting(String path, String json) {
    long depth = path.chars().filter(c -> c == '.').count() + 1;
    return "{\"" + path.replace(".", "\": {\"") + "\": " + json + "}".repeat((int) depth);
  }

  private static void assertRefused(String spec, String field, String problem) {
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> read(spec))
        .satisfies(e -> assertThat(e.field()).isEqualTo(field))
        .satisfies(e -> assertThat(e.problem()).contains(problem));
  }

  @Test
  void nameGenerationAndAgeComeFromTheMetadata() {
    FanoutSpec spec = read("{}");
    assertThat(spec.name()).isEqualTo(new FanoutName("chat", "eu"));
    assertThat(spec.generation()).isEqualTo(7);
    assertThat(spec.created()).isEqualTo(Instant.parse("2026-05-06T07:08:09Z"));
  }

  @Test
  void anEmptySpecIsTheDefault() {
    for (FanoutSpec spec : List.of(read("{}"), SpecMapping.read(resource(METADATA + "}")))) {
      assertThat(spec.settings()).isEqualTo(FanoutSettings.DEFAULT);
      assertThat(spec.overrides()).isEmpty();
      assertThat(spec.discovery()).isEqualTo(Discovery.DEFAULT);
    }
  }

  /** Returns a value other than the default, as JSON. */
  private static String other(SettingField field) {
    return switch (field) {
      case WORKERS -> "11";
      case QUEUE_SIZE -> "12";
      case QUEUE_BYTES -> "\"13Ki\"";
      case OVERFLOW_POLICY -> "\"Reject\"";
      case BLOCK_TIMEOUT -> "\"14ms\"";
      case RPC_TIMEOUT -> "\"15s\"";
      case MESSAGE_TTL -> "\"16m\"";
      case DRAIN_TIMEOUT -> "\"17s\"";
      case MAX_ATTEMPTS -> "3";
      case INITIAL_BACKOFF -> "\"18ms\"";
      case MAX_BACKOFF -> "\"19s\"";
      case DELIVERY_MODE -> "\"Unary\"";
      case DELIVERY_WINDOW -> "20";
      case DELIVERY_LINGER -> "\"21ms\"";
      case DELIVERY_INTEREST -> "\"Off\"";
      case DELIVERY_TARGET -> "\"prod/chat\"";
      case TLS_PROFILE -> "\"internal\"";
      case TLS_SERVER_NAME -> throw new AssertionError("it needs a profile");
    };
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TLS_SERVER_NAME")
  void eachSettingIsTakenAndNoOtherChanges(SettingField changed) {
    FanoutSettings settings = read(setting(changed.path(), other(changed))).settings();
    for (SettingField field : SettingField.values()) {
      String expected =
          field == changed
              ? other(field).replace("\"", "")
              : field.show(FanoutSettings.DEFAULT).toString();
      assertThat(field.show(settings)).as(field.path()).hasToString(expected);
    }
  }

  @Test
  void aServersNameIsTakenWithItsProfile() {
    assertThat(read("{\"tls\": {\"profile\": \"p\", \"serverName\": \"A.b\"}}").settings().tls())
        .isEqualTo(new TlsChoice("p", "a.b"));
  }

  @Test
  void aNumberOfBytesMayBeWrittenAsANumberBeyond32Bits() {
    assertThat(read("{\"queueBytes\": 17179869184}").settings().queueBytes()).isEqualTo(16L << 30);
  }

  @Test
  void aFieldOfANewerVersionIsLeftAlone() {
    assertThat(read("{\"workers\": 3, \"newer\": {\"than\": [\"this\"]}}").settings().workers())
        .isEqualTo(3);
  }

  @Test
  void overridesAreTaken() {
    String overrides =
        """
        {"overrides": [
          {"name": "big", "nodes": ["BIG-*:50052"], "workers": 50, "queueSize": 5,
           "queueBytes": "1Mi", "rpcTimeout": "1m"},
          {"name": "slow", "nodes": ["*"], "rpcTimeout": "2s"}]}
        """;
    assertThat(read(overrides).overrides())
        .containsExactly(
            new NodeOverride("big", List.of("big-*:50052"), 50, 5, 1L << 20, Duration.ofMinutes(1)),
            new NodeOverride("slow", List.of("*"), null, null, null, Duration.ofSeconds(2)));
  }

  @Test
  void discoveryIsTaken() {
    assertThat(read("{\"discovery\": {\"etcd\": {\"serviceName\": \"chat\"}}}").discovery())
        .isEqualTo(new Discovery.Etcd("chat", Discovery.Etcd.DEFAULT_GRACE));
    assertThat(read("{\"discovery\": {\"etcd\": {\"prefix\": \"/kv/chat\"}}}").discovery())
        .isEqualTo(
            new Discovery.Etcd(
                Discovery.Etcd.DEFAULT_SERVICE, "/kv/chat/", Discovery.Etcd.DEFAULT_GRACE));
    assertThat(read("{\"discovery\": {\"etcd\": {\"removalGracePeriod\": \"0s\"}}}").discovery())
        .isEqualTo(new Discovery.Etcd(Discovery.Etcd.DEFAULT_SERVICE, Duration.ZERO));
    assertThat(
            read("{\"discovery\": {\"endpointSlices\": {\"serviceName\": \"chat\", \"port\": 7}}}")
                .discovery())
        .isEqualTo(
            new Discovery.EndpointSlices("chat", "chat", "7", Discovery.Watched.DEFAULT_GRACE));
    assertThat(
            read("{\"discovery\": {\"dns\": {\"name\": \"A.b\", \"port\": 7, \"refresh\": \"1m\"}}}")
                .discovery())
        .isEqualTo(
            new Discovery.Dns(
                "a.b", 7, null, Duration.ofMinutes(1), Discovery.Watched.DEFAULT_GRACE));
    assertThat(
            read("{\"discovery\": {\"static\": {\"nodes\": [\"A:1\", \"[::1]:2\"]}}}").discovery())
        .isEqualTo(
            new Discovery.Static(Set.of(new NodeAddress("a", 1), new NodeAddress("::1", 2))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"workers\": 0}|workers|from 1 to 1024",
        "{\"queueBytes\": \"1.5\"}|queueBytes|whole bytes",
        "{\"overflowPolicy\": \"Newer\"}|overflowPolicy|must be one of",
        "{\"messageTTL\": \"25h\"}|messageTTL|to 24h",
        "{\"retry\": {\"maxBackoff\": \"x\"}}|retry.maxBackoff|duration",
        "{\"delivery\": {\"linger\": \"51ms\"}}|delivery.linger|from 0s to 50ms",
        "{\"delivery\": {\"target\": \"a\"}}|delivery.target|or all",
        "{\"tls\": {\"profile\": \"A\"}}|tls.profile|DNS label",
        "{\"tls\": {\"serverName\": \"a\"}}|tls.serverName|needs tls.profile",
        "{\"tls\": {\"profile\": \"p\", \"serverName\": \"a_b\"}}|tls.serverName|DNS name",
        "{\"discovery\": {}}|discovery|exactly one",
        "{\"discovery\": {\"etcd\": {}, \"static\": {}}}|discovery|exactly one",
        "{\"discovery\": {\"etcd\": {\"serviceName\": \"a.b\"}}}|discovery.etcd.serviceName|label",
        "{\"discovery\": {\"etcd\": {\"removalGracePeriod\": \"1\"}}}"
            + "|discovery.etcd.removalGracePeriod|duration",
        "{\"discovery\": {\"static\": {}}}|discovery.static.nodes|from 1 to 1000",
        "{\"discovery\": {\"static\": {\"nodes\": [\"a:1\", \"b\"]}}}"
            + "|discovery.static.nodes[1]|host:port",
        "{\"discovery\": {\"static\": {\"nodes\": [\"a:1\", \"A.:1\"]}}}"
            + "|discovery.static.nodes[1]|twice",
        "{\"discovery\": {\"endpointSlices\": {}}}|discovery.endpointSlices.serviceName|DNS label",
        "{\"discovery\": {\"endpointSlices\": {\"serviceName\": \"a\", \"port\": 0}}}|discovery.endpointSlices.port|65535",
        "{\"discovery\": {\"endpointSlices\": {\"serviceName\": \"a\", \"port\": \"A\"}}}|discovery.endpointSlices.port|name",
        "{\"discovery\": {\"dns\": {}}}|discovery.dns|exactly one of name and srv",
        "{\"discovery\": {\"dns\": {\"name\": \"a\"}}}|discovery.dns|port with name",
        "{\"discovery\": {\"dns\": {\"srv\": \"a b\"}}}|discovery.dns.srv|DNS name",
        "{\"discovery\": {\"dns\": {\"name\": \"a\", \"port\": 65536}}}|discovery.dns.port|65535",
        "{\"discovery\": {\"dns\": {\"srv\": \"a\", \"refresh\": \"999ms\"}}}|discovery.dns.refresh|from 1s",
        "{\"overrides\": [{\"name\": \"a\"}]}|overrides[0].nodes|from 1 to 1000",
        "{\"overrides\": [{\"nodes\": [\"a\"]}]}|overrides[0].name|empty",
        "{\"overrides\": [{\"name\": \"a\", \"nodes\": [\"*\"]}]}|overrides[0].name|must set one"
            + " of",
        "{\"overrides\": [{\"name\": \"a\", \"nodes\": [\"*\"], \"workers\": 1025}]}"
            + "|overrides[0].workers|from 1 to 1024",
        "{\"overrides\": [{\"name\": \"a\", \"nodes\": [\"*\"], \"workers\": 1},"
            + "{\"name\": \"a\", \"nodes\": [\"*\"], \"workers\": 1}]}|overrides[1].name|twice",
      })
  void aRefusalOfTheModelNamesTheField(String spec, String field, String problem) {
    assertRefused(spec, field, problem);
  }

  @Test
  void aNameThatIsNoFanoutsIsRefused() {
    String name = "x".repeat(64);
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> SpecMapping.read(resource((METADATA + "}").replace("eu", name))))
        .satisfies(e -> assertThat(e.field()).isEqualTo("metadata.name"));
  }
}
