package io.pushfanout.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.dns.DnsRecordType;
import io.pushfanout.discovery.dns.NodeLookUp.Answer;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations.Malformed;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Look-ups at a real name server. */
class NodeLookUpTest {
  private static final Duration TIMEOUT = Duration.ofMillis(300);

  private final DnsServer server = new DnsServer();
  private final DnsClient client = new DnsClient(TIMEOUT);
  private final List<InetSocketAddress> servers = List.of(server.address());

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void eachAddressOfBothFamiliesIsANode() throws Exception {
    server.has("a.example", "10.0.0.1", "10.0.0.2", "2001:db8::7");

    assertThat(nodes(lookUp("a.example")))
        .containsExactlyInAnyOrder("10.0.0.1:7", "10.0.0.2:7", "[2001:db8::7]:7");
  }

  @Test
  void aNameThatDoesNotExistAndOneWithoutRecordsAreEmpty() throws Exception {
    assertThat(lookUp("a.example")).isEqualTo(NOTHING);

    server.has("a.example");
    assertThat(lookUp("a.example")).isEqualTo(NOTHING);
  }

  @Test
  void aFailureOfEitherFamilyIsNoAnswer() {
    server.has("a.example", "10.0.0.1");
    server.fails(DnsRecordType.AAAA, "a.example", DnsServer.SERVFAIL);
    assertFails("a.example", "SERVFAIL of 127.0.0.1 for a.example. AAAA");

    server.has("a.example", "2001:db8::7");
    server.fails(DnsRecordType.A, "a.example", DnsServer.REFUSED);
    assertFails("a.example", "REFUSED of 127.0.0.1 for a.example. A");

    server.fails(DnsRecordType.AAAA, "a.example", DnsServer.SERVFAIL);
    assertFails("a.example", "REFUSED of 127.0.0.1 for a.example. A");
  }

  @Test
  void aSilentServerIsAskedTwiceAndIsNoAnswer() {
    server.has("a.example", "10.0.0.1");
    server.isSilent(DnsRecordType.AAAA, "a.example");

    assertFails("a.example", "no answer in time of 127.0.0.1 for a.example. AAAA");
    assertThat(server.queries()).filteredOn("AAAA a.example."::equals).hasSize(2);
  }

  @Test
  void aTruncatedAnswerIsRepeatedByTcp() throws Exception {
    String[] many =
        IntStream.range(0, 1000)
            .mapToObj(i -> "10.1." + i / 250 + "." + i % 250)
            .toArray(String[]::new);
    server.hasByTcpAlone("a.example", many);

    assertThat(nodes(lookUp("a.example"))).hasSize(1000).contains("10.1.3.249:7");
  }

  @Test
  void servicesHaveTheirOwnPorts() throws Exception {
    server.hasServices(
        "_grpc._tcp.example", "50052 a.example", "50053 b.*", "1 *bad", "0 c", "9 .");

    Answer answer = lookUp(srv("_grpc._tcp.example"), conf(List.of()), null);

    assertThat(nodes(answer))
        .containsExactlyInAnyOrder("a.example:50052", "b._grpc._tcp.example:50053");
    assertThat(answer.found().malformed())
        .extracting(Malformed::key)
        .containsExactly("*bad:1", "c:0");
  }

  @Test
  void aRecordThatCannotBeReadDisturbsNoOther() throws Exception {
    server.has("a.example");
    server.hasRaw(DnsRecordType.A, "a.example", new byte[] {10, 0, 0, 1}, new byte[] {10, 0, 0});

    Answer answer = lookUp("a.example");

    assertThat(nodes(answer)).containsExactly("10.0.0.1:7");
    assertThat(answer.found().malformed())
        .containsExactly(new Malformed("a.example.", "an address of 3 bytes"));
  }

  @Test
  void theNextServerIsAskedWhenOneFailsOrIsSilent() throws Exception {
    server.has("a.example", "10.0.0.1");
    try (DnsServer bad = new DnsServer();
        DnsServer silent = new DnsServer()) {
      bad.fails(DnsRecordType.A, "a.example", DnsServer.SERVFAIL);
      bad.fails(DnsRecordType.AAAA, "a.example", DnsServer.REFUSED);
      silent.isSilent(DnsRecordType.A, "a.example");
      silent.isSilent(DnsRecordType.AAAA, "a.example");

      ResolvConf three =
          new ResolvConf(List.of(bad.address(), silent.address(), server.address()), List.of(), 1);
      assertThat(nodes(lookUp(name("a.example"), three, null))).containsExactly("10.0.0.1:7");
    }
  }

  @Test
  void aShortNameIsLookedUpInTheSearchDomains() throws Exception {
    server.has("node.chat.svc.cluster.local", "10.0.0.1");
    server.has("node.chat.svc", "10.9.9.9");
    ResolvConf pod = conf(List.of("chat.svc.cluster.local", "svc.cluster.local"));

    assertThat(nodes(lookUp(name("node"), pod, null))).containsExactly("10.0.0.1:7");
    assertThat(nodes(lookUp(name("node.chat"), pod, null))).containsExactly("10.0.0.1:7");
    assertThat(lookUp(name("node.chat."), pod, null)).isEqualTo(NOTHING);
    assertThat(nodes(lookUp(name("node.chat.svc."), pod, null))).containsExactly("10.9.9.9:7");
  }

  @Test
  void aSearchDomainThatFailsEndsNoSearchUnlessItHadTheNodes() throws Exception {
    server.fails(DnsRecordType.A, "a.corp.example", DnsServer.SERVFAIL);
    server.fails(DnsRecordType.AAAA, "a.corp.example", DnsServer.SERVFAIL);
    ResolvConf conf = conf(List.of("corp.example"));
    assertFails(name("a"), conf, null, "SERVFAIL of 127.0.0.1 for a.corp.example. A");

    server.has("a", "10.0.0.1");
    assertThat(nodes(lookUp(name("a"), conf, null))).containsExactly("10.0.0.1:7");
    assertThat(nodes(lookUp(name("a"), conf, "a."))).containsExactly("10.0.0.1:7");
    assertFails(name("a"), conf, "a.corp.example.", "SERVFAIL of 127.0.0.1 for a.corp.example. A");

    server.has("a.corp.example", "10.0.0.2");
    server.fails(DnsRecordType.AAAA, "a.corp.example", DnsServer.SERVFAIL);
    assertFails(name("a"), conf, null, "SERVFAIL of 127.0.0.1 for a.corp.example. AAAA");
  }

  private static final Answer NOTHING =
      new Answer(
          null,
          new io.pushfanout.discovery.source.SourceNodes.Found(Set.of(), Set.of(), List.of()));

  private static Discovery.Dns name(String name) {
    return new Discovery.Dns(name, 7, null, Duration.ofSeconds(10), Duration.ZERO);
  }

  private static Discovery.Dns srv(String name) {
    return new Discovery.Dns(null, null, name, Duration.ofSeconds(10), Duration.ZERO);
  }

  private ResolvConf conf(List<String> search) {
    return new ResolvConf(servers, search, 5);
  }

  private Answer lookUp(String name) throws Exception {
    return lookUp(name(name), conf(List.of()), null);
  }

  private Answer lookUp(Discovery.Dns dns, ResolvConf conf, @Nullable String usual)
      throws Exception {
    return new NodeLookUp(client, conf, dns, usual).start().get(20, TimeUnit.SECONDS);
  }

  private void assertFails(String name, String reason) {
    assertFails(name(name), conf(List.of()), null, reason);
  }

  private void assertFails(
      Discovery.Dns dns, ResolvConf conf, @Nullable String usual, String reason) {
    assertThatThrownBy(() -> lookUp(dns, conf, usual))
        .rootCause()
        .isInstanceOf(DnsFailure.class)
        .hasMessage(reason);
  }

  private static Set<String> nodes(Answer answer) {
    return answer.found().nodes().stream().map(NodeAddress::toString).collect(Collectors.toSet());
  }
}
