package io.pushfanout.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.operator.policy.Ceilings.OverCeilingException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CeilingsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          workers=50         | workers         | 50     | yes
          workers=50         | workers         | 51     | workers: 51 is above the ceiling of 50
          workers=5000       | workers         | 1024   | yes
          queueSize=100      | queueSize       | 100    | yes
          queueSize=100      | queueSize       | 101    | queueSize: 101 is above the ceiling of 100
          queueBytes=1Mi     | queueBytes      | 1Mi    | yes
          queueBytes=1048576 | queueBytes      | 1025Ki | queueBytes: 1025Ki is above the ceiling of 1Mi
          queueBytes=1Ti     | queueBytes      | 16Gi   | yes
          rpcTimeout=1m30s   | rpcTimeout      | 90s    | yes
          rpcTimeout=1m30s   | rpcTimeout      | 90001ms | rpcTimeout: 1m30s1ms is above the ceiling of 1m30s
          messageTTL=1m      | messageTTL      | 60s    | yes
          messageTTL=1m      | messageTTL      | 61s    | messageTTL: 1m1s is above the ceiling of 1m
          messageTTL=1m      | messageTTL      | 0s     | messageTTL: 0s is above the ceiling of 1m
          messageTTL=99999h  | messageTTL      | 0s     | messageTTL: 0s is above the ceiling of 99999h
          messageTTL=0s      | messageTTL      | 0s     | yes
          messageTTL=0s      | messageTTL      | 24h    | yes
          drainTimeout=1m    | drainTimeout    | 1m     | yes
          drainTimeout=1m    | drainTimeout    | 0s     | yes
          drainTimeout=1m    | drainTimeout    | 1h     | drainTimeout: 1h is above the ceiling of 1m
          drainTimeout=0s    | drainTimeout    | 1ms    | drainTimeout: 1ms is above the ceiling of 0s
          window=500         | delivery.window | 500    | yes
          window=500         | delivery.window | 501    | delivery.window: 501 is above the ceiling of 500
          workers=5          | queueSize       | 9999   | workers: 10 is above the ceiling of 5
          queueBytes=32Mi    | workers         | 1      | queueBytes: 64Mi is above the ceiling of 32Mi
          messageTTL=10s     | workers         | 1      | messageTTL: 30s is above the ceiling of 10s
          window=999         | workers         | 1      | delivery.window: 1000 is above the ceiling of 999
          """)
  void aSettingIsHeldToItsCeilingAndADefaultToo(
      String ceiling, String field, String value, String answer) {
    FanoutSpec spec = with(field, value);

    assertThat(answer(Ceilings.parse(List.of(ceiling)), spec))
        .isEqualTo(answer.equals("yes") ? answer : answer + asking(ceiling, answer));
  }

  /** Returns the end of the message: the ceiling that would permit the value. */
  private static String asking(String ceiling, String answer) {
    String value = answer.replaceAll(".*: (\\w+) is above.*", "$1");
    return " for namespace acme; an administrator of PushFanout allows it with --ceiling acme:%s=%s"
        .formatted(ceiling.replaceAll("=.*", ""), value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          workers=20      | 2 | yes
          workers=19      | 2 | overrides[1].workers: 20 is above
          queueSize=1500  | 2 | yes
          queueSize=1499  | 2 | overrides[1].queueSize: 1500 is above
          queueBytes=65Mi | 2 | yes
          queueBytes=64Mi | 2 | overrides[1].queueBytes: 65Mi is above
          rpcTimeout=6s   | 2 | yes
          rpcTimeout=5s   | 2 | overrides[1].rpcTimeout: 6s is above
          overrides=2     | 2 | yes
          overrides=1     | 2 | overrides: 2 is above
          overrides=0     | 0 | yes
          """)
  void anOverrideIsHeldToTheSameCeilingsAndTheirNumberToItsOwn(
      String ceiling, int overrides, String answer) {
    NodeOverride small = new NodeOverride("small", List.of("*"), 1, null, null, null);
    NodeOverride large =
        new NodeOverride("large", List.of("*"), 20, 1500, 65L << 20, Duration.ofSeconds(6));
    FanoutSpec spec =
        spec(
            FanoutSettings.DEFAULT, List.of(small, large).subList(0, overrides), Discovery.DEFAULT);

    assertThat(answer(Ceilings.parse(List.of(ceiling)), spec)).startsWith(answer);
  }

  @Test
  void staticNodesAreCountedAndEtcdNodesAreNot() {
    Ceilings ceilings = Ceilings.parse(List.of("nodes=2"));

    assertThat(answer(ceilings, withNodes(2))).isEqualTo("yes");
    assertThat(answer(ceilings, withNodes(3)))
        .startsWith("discovery.static.nodes: 3 is above the ceiling of 2");
    assertThat(answer(Ceilings.parse(List.of("nodes=0")), with("workers", "1"))).isEqualTo("yes");
  }

  @Test
  void aNamespacesOwnCeilingTakesThePlaceOfTheGeneralOne() {
    Ceilings higher = Ceilings.parse(List.of("acme:workers=50", "workers=10", "queueSize=1000"));
    Ceilings lower = Ceilings.parse(List.of("workers=50", "acme:workers=10"));
    Ceilings another = Ceilings.parse(List.of("globex:workers=10"));

    assertThat(answer(higher, with("workers", "50"))).isEqualTo("yes");
    assertThat(answer(higher, with("workers", "51"))).startsWith("workers: 51 is above");
    assertThat(answer(higher, with("queueSize", "1001"))).startsWith("queueSize: 1001 is above");
    assertThat(answer(lower, with("workers", "11"))).startsWith("workers: 11 is above");
    assertThat(answer(another, with("workers", "1024"))).isEqualTo("yes");
    assertThat(answer(Ceilings.NONE, with("messageTTL", "0s"))).isEqualTo("yes");
  }

  @Test
  void theOldestResourcesOfANamespaceKeepTheirPlaceThenTheFirstByName() {
    Ceilings ceilings = Ceilings.parse(List.of("resources=2", "infra:resources=0"));
    Map<FanoutName, Instant> created = new HashMap<>();
    created.put(FanoutName.parse("acme/young"), Instant.ofEpochSecond(30));
    created.put(FanoutName.parse("acme/b"), Instant.ofEpochSecond(20));
    created.put(FanoutName.parse("acme/a"), Instant.ofEpochSecond(20));
    created.put(FanoutName.parse("acme/old"), Instant.ofEpochSecond(10));
    created.put(FanoutName.parse("globex/one"), Instant.ofEpochSecond(40));
    created.put(FanoutName.parse("infra/one"), Instant.ofEpochSecond(1));

    assertThat(ceilings.beyond(created).stream().map(FanoutName::toString))
        .containsExactlyInAnyOrder("acme/b", "acme/young", "infra/one");
    assertThat(Ceilings.NONE.beyond(created)).isEmpty();
    assertThat(ceilings.tooMany("acme"))
        .hasMessage(
            "metadata.namespace: resources of namespace acme are above its ceiling of 2, and as"
                + " many are older than this one; an administrator of PushFanout allows it with --ceiling"
                + " acme:resources=NUMBER");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          workers                  | must be [NAMESPACE:]FIELD=VALUE, is "workers"
          ''                       | must be [NAMESPACE:]FIELD=VALUE, is ""
          :workers=5               | must be [NAMESPACE:]FIELD=VALUE, is ":workers=5"
          ACME:workers=5           | must be [NAMESPACE:]FIELD=VALUE, is "ACME:workers=5"
          a*:workers=5             | must be [NAMESPACE:]FIELD=VALUE, is "a*:workers=5"
          blockTimeout=5s          | must be [NAMESPACE:]FIELD=VALUE with a FIELD of workers, queueSize, queueBytes, rpcTimeout, messageTTL, drainTimeout, window, nodes, overrides, resources, is of "blockTimeout"
          acme:=5                  | must be [NAMESPACE:]FIELD=VALUE with a FIELD of workers, queueSize, queueBytes, rpcTimeout, messageTTL, drainTimeout, window, nodes, overrides, resources, is of ""
          workers=                 | workers must be a whole number, is ""
          workers=-1               | workers must be a whole number, is "-1"
          workers=5=6              | workers must be a whole number, is "5=6"
          resources=many           | resources must be a whole number, is "many"
          workers=0                | workers must be at least 1, is "0"
          queueBytes=64MB          | queueBytes must be a quantity of whole bytes such as 65536, 64Ki or 64Mi, is "64MB"
          queueBytes=1023          | queueBytes must be at least 1Ki, is "1023"
          rpcTimeout=5             | rpcTimeout must be a duration such as 500ms, 5s or 1m30s, is "5"
          rpcTimeout=0s            | rpcTimeout must be at least 1ms, is "0s"
          messageTTL=off           | messageTTL must be a duration such as 500ms, 5s or 1m30s, is "off"
          """)
  void aMalformedCeilingIsRefusedByItsFlag(String text, String problem) {
    assertThatThrownBy(() -> Ceilings.parse(List.of(text)))
        .isInstanceOf(SettingException.class)
        .hasMessage("--ceiling: " + problem);
  }

  @Test
  void aCeilingThatIsThereTwiceIsRefused() {
    assertThatThrownBy(() -> Ceilings.parse(List.of("a:nodes=1", "nodes=1", "a:nodes=2")))
        .hasMessage("--ceiling: \"a:nodes\" is there twice");
  }

  private static FanoutSpec with(String field, String value) {
    SettingsBuilder settings = FanoutSettings.DEFAULT.toBuilder();
    SettingField.ofPath(field).set(settings, value);
    return spec(settings.build(), List.of(), Discovery.DEFAULT);
  }

  private static FanoutSpec withNodes(int count) {
    Set<NodeAddress> nodes =
        IntStream.range(0, count)
            .mapToObj(i -> NodeAddress.parse("n" + i + ".example:1"))
            .collect(Collectors.toSet());
    return spec(FanoutSettings.DEFAULT, List.of(), new Discovery.Static(nodes));
  }

  private static FanoutSpec spec(
      FanoutSettings settings, List<NodeOverride> overrides, Discovery discovery) {
    return new FanoutSpec(
        FanoutName.parse("acme/chat"), 1, Instant.EPOCH, settings, overrides, discovery);
  }

  private static String answer(Ceilings ceilings, FanoutSpec spec) {
    try {
      ceilings.check(spec);
      return "yes";
    } catch (OverCeilingException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
