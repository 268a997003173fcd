package io.pushfanout.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.policy.TenantPolicy.NotAllowedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowListsTest {
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final String ASK_STATIC =
      "; an administrator of PushFanout allows it with --allow-static acme=CIDR";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                                          | 127.0.0.1:1            | yes
          acme                            | 127.0.0.1:1 n.example:1 | yes
          *                               | 127.0.0.1:1            | yes
          ac*                             | 127.0.0.1:1            | yes
          acm?                            | 127.0.0.1:1            | yes
          globex                          | 10.0.0.1:1             | none
          acm                             | 10.0.0.1:1             | none
          acmee                           | 10.0.0.1:1             | none
          -                               | 10.0.0.1:1             | none
          acme=10.0.0.0/8                 | 10.0.0.1:1 10.9.9.9:2  | yes
          acme=10.0.0.0/8                 | 10.0.0.1:1 11.0.0.1:2  | 11.0.0.1:2 is not in 10.0.0.0/8
          acme=10.0.0.0/8                 | n.example:1            | n.example:1 is a name, and no address in 10.0.0.0/8
          acme=10.0.0.0/8                 | [::ffff:10.0.0.1]:1    | yes
          acme=10.0.0.0/8                 | [::1]:1                | [::1]:1 is not in 10.0.0.0/8
          acme=10.0.0.0/8,acme=fd00::/8   | [fd12::1]:1 10.0.0.1:1 | yes
          acme=10.0.0.0/8,*=fd00::/8      | [fd12::1]:1            | yes
          acme=10.0.0.0/8,globex          | 11.0.0.1:1             | 11.0.0.1:1 is not in 10.0.0.0/8
          acme=10.0.0.0/8,acme            | 11.0.0.1:1             | yes
          acme=10.0.0.0/8,-               | 10.0.0.1:1             | yes
          *=127.0.0.0/8                   | localhost:1            | localhost:1 is a name, and no address in 127.0.0.0/8
          """)
  void staticNodesNeedAnEntryOfTheirNamespaceAndItsNetworks(
      String entries, String nodes, String answer) {
    AllowLists lists = AllowLists.parse(list(entries), List.of(), List.of());
    Discovery fixed =
        new Discovery.Static(
            Arrays.stream(nodes.split(" ")).map(NodeAddress::parse).collect(Collectors.toSet()));

    assertThat(answer(lists, fixed))
        .isEqualTo(
            switch (answer) {
              case "yes" -> "yes";
              case "none" ->
                  "discovery.static: namespace acme may not have static nodes" + ASK_STATIC;
              default ->
                  "discovery.static.nodes: "
                      + answer
                      + ", where those of namespace acme have to be"
                      + ASK_STATIC;
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                          | true
          acme            | true
          acme=10.0.0.0/8 | false
          globex          | false
          -               | false
          """)
  void nodesByDnsNeedAnEntryOfTheirNamespaceForAllAddresses(String entries, boolean allowed) {
    AllowLists lists = AllowLists.parse(list(entries), List.of(), List.of());

    assertThat(answer(lists, new Discovery.Dns("a", 1, null, PERIOD, PERIOD)))
        .isEqualTo(
            allowed
                ? "yes"
                : "discovery.dns: namespace acme may not have nodes by DNS, which may be at any"
                    + " address; an administrator of PushFanout allows it with --allow-static acme");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                               | chat      | true
          acme=chat            | chat      | true
          acme=chat            | chat2     | false
          acme=chat            | cha       | false
          acme=chat,acme=game  | game      | true
          acme=chat-*          | chat-eu   | true
          acme=chat-*          | chat      | false
          *=chat               | chat      | true
          acme=*               | whatever  | true
          globex=chat          | chat      | false
          -                    | chat      | false
          """)
  void aServiceNeedsAnEntryOfItsNamespace(String entries, String service, boolean allowed) {
    AllowLists lists = AllowLists.parse(List.of(), list(entries), List.of());

    assertThat(answer(lists, new Discovery.Etcd(service, Duration.ZERO)))
        .isEqualTo(
            allowed
                ? "yes"
                : "discovery.etcd.serviceName: namespace acme may not claim the service %1$s; an administrator of PushFanout allows it with --allow-service acme=%1$s"
                    .formatted(service));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                               | /kv/chat/        | true
          acme=/kv/chat/       | /kv/chat/        | true
          acme=/kv/chat        | /kv/chat         | true
          acme=/kv/chat        | /kv/chat/eu/     | false
          acme=/kv/chat        | /kv/             | false
          acme=/kv/chat/*      | /kv/chat/eu/     | true
          acme=/kv/chat-*      | /kv/chat-eu/     | true
          acme=kitex/*         | kitex/chat/      | true
          acme=/kv/chat        | kv/chat/         | false
          acme=*               | /kv/chat/        | false
          acme=chat            | /kv/chat/        | false
          acme=chat            | /services/       | false
          acme=*               | /services/a/b/   | false
          acme=*/              | /kv/chat/        | true
          globex=/kv/chat      | /kv/chat/        | false
          -                    | /kv/chat/        | false
          """)
  void aPrefixNeedsAnEntryWithASlash(String entries, String prefix, boolean allowed) {
    AllowLists lists = AllowLists.parse(List.of(), list(entries), List.of());
    Discovery.Etcd etcd = new Discovery.Etcd("chat", prefix, Duration.ZERO);

    assertThat(answer(lists, etcd))
        .isEqualTo(
            allowed
                ? "yes"
                : "discovery.etcd.prefix: namespace acme may not claim the prefix %1$s; an administrator of PushFanout allows it with --allow-service acme=%1$s"
                    .formatted(etcd.prefix()));
  }

  /** An entry covers a set of registrations, in each spelling of their service or prefix. */
  @Test
  void thePrefixOfAServiceIsThatService() {
    AllowLists lists = AllowLists.parse(List.of(), List.of("acme=chat"), List.of());

    assertThat(answer(lists, new Discovery.Etcd("game", "/services/chat", Duration.ZERO)))
        .isEqualTo("yes");
    assertThat(answer(lists, new Discovery.Etcd("chat", "/services/game/", Duration.ZERO)))
        .isEqualTo(
            "discovery.etcd.prefix: namespace acme may not claim the prefix /services/game/; an administrator of PushFanout allows it with --allow-service acme=game");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                               | internal | true
          acme=internal        | internal | true
          acme=internal        | other    | false
          acme=internal        |          | true
          *=int*               | internal | true
          globex=internal      | internal | false
          -                    | internal | false
          -                    |          | true
          """)
  void aTlsProfileNeedsAnEntryOfItsNamespaceAndPlaintextNone(
      String entries, String profile, boolean allowed) {
    AllowLists lists = AllowLists.parse(List.of(), List.of(), list(entries));
    FanoutSettings settings = FanoutSettings.DEFAULT.toBuilder().tlsProfile(profile).build();

    assertThat(answer(lists, settings, Discovery.DEFAULT))
        .isEqualTo(
            allowed
                ? "yes"
                : "tls.profile: namespace acme may not choose the TLS profile %1$s; an administrator of PushFanout allows it with --allow-tls acme=%1$s"
                    .formatted(profile));
  }

  @Test
  void eachListIsCompleteByItselfAndIndependentOfTheOthers() {
    Discovery fixed = new Discovery.Static(Set.of(NodeAddress.parse("n.example:1")));

    assertThat(answer(AllowLists.parse(List.of("-"), List.of(), List.of()), Discovery.DEFAULT))
        .isEqualTo("yes");
    assertThat(answer(AllowLists.parse(List.of(), List.of("-"), List.of()), fixed))
        .isEqualTo("yes");
  }

  @Test
  void aLongListOfNetworksIsNamedInPart() {
    List<String> entries =
        List.of(1, 2, 3, 4, 5, 6, 7).stream().map(n -> "acme=10." + n + ".0.0/16").toList();

    assertThat(
            answer(
                AllowLists.parse(entries, List.of(), List.of()),
                new Discovery.Static(Set.of(NodeAddress.parse("11.0.0.1:1")))))
        .contains("10.5.0.0/16 and 2 more, where")
        .doesNotContain("10.6.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          static  | ACME           | --allow-static: must be NAMESPACE or NAMESPACE=CIDR, is "ACME"
          static  | =10.0.0.0/8    | --allow-static: must be NAMESPACE or NAMESPACE=CIDR, is "=10.0.0.0/8"
          static  | acme=          | --allow-static: must be a network such as 10.0.0.0/8 or 2001:db8::/32, is ""
          static  | acme=n.example | --allow-static: must be a network such as 10.0.0.0/8 or 2001:db8::/32, is "n.example"
          service | acme           | --allow-service: must be NAMESPACE=SERVICE, is "acme"
          service | acme=          | --allow-service: must be NAMESPACE=SERVICE, is "acme="
          service | acme=chat=game | --allow-service: must be NAMESPACE=SERVICE, is "acme=chat=game"
          service | acme=/a b/     | --allow-service: must be NAMESPACE=PREFIX, is "acme=/a b/"
          service | ACME=/a/       | --allow-service: must be NAMESPACE=PREFIX, is "ACME=/a/"
          tls     | acme           | --allow-tls: must be NAMESPACE=PROFILE, is "acme"
          """)
  void aMalformedEntryIsRefusedByItsFlag(String list, String entry, String problem) {
    List<String> entries = List.of(entry);

    assertThatThrownBy(
            () ->
                AllowLists.parse(
                    list.equals("static") ? entries : List.of(),
                    list.equals("service") ? entries : List.of(),
                    list.equals("tls") ? entries : List.of()))
        .isInstanceOf(SettingException.class)
        .hasMessage(problem);
  }

  private static List<String> list(String entries) {
    return entries == null ? List.of() : List.of(entries.split(","));
  }

  private static String answer(AllowLists lists, Discovery discovery) {
    return answer(lists, FanoutSettings.DEFAULT, discovery);
  }

  private static String answer(AllowLists lists, FanoutSettings settings, Discovery discovery) {
    try {
      lists.check(FanoutSpec.of(FanoutName.parse("acme/chat"), settings, discovery));
      return "yes";
    } catch (NotAllowedException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
