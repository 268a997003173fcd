package io.pushfanout.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.dns.DnsRecordType;
import io.pushfanout.discovery.Found;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A watch over a name at a real name server. */
class DnsDiscoveryTest {
  private static final String NAME = "a.example";
  private static final String SOURCE = "dns:a.example:7";

  private final DnsServer server = new DnsServer();
  private final Found found = new Found();
  private volatile @Nullable IOException unreadable;
  private final DnsDiscovery discovery = new DnsDiscovery(this::conf, found);

  private ResolvConf conf() throws IOException {
    IOException failure = unreadable;
    if (failure != null) {
      throw failure;
    }
    return new ResolvConf(List.of(server.address()), List.of(), 1);
  }

  @AfterEach
  void close() {
    discovery.close();
    server.close();
  }

  private void watch(Duration refresh) {
    Discovery.Dns dns = new Discovery.Dns(NAME, 7, null, refresh, Duration.ZERO);
    discovery.serve(Map.of(dns.source(), dns));
  }

  @Test
  void theNameIsLookedUpAgainAfterItsIntervalWhateverTheTimeToLive() {
    server.has(NAME, "10.0.0.1");
    watch(Duration.ofSeconds(1));
    Registrations first = found.awaitNodes(SOURCE, Set.of("10.0.0.1:7"));
    assertThat(first.announced()).isEqualTo(first.nodes());
    assertThat(discovery.answered(SOURCE)).isTrue();
    assertThat(discovery.problem(SOURCE)).isEmpty();

    server.has(NAME, "10.0.0.1", "10.0.0.2");
    Registrations second = found.awaitNodes(SOURCE, Set.of("10.0.0.1:7", "10.0.0.2:7"));
    assertThat(second.announced()).containsExactly(NodeAddress.parse("10.0.0.2:7"));

    server.hasNothing(NAME);
    found.awaitNodes(SOURCE, Set.of());
  }

  @Test
  void aFailureKeepsTheLastGoodNodesAndIsReportedUntilItEnds() {
    server.has(NAME, "10.0.0.1", "10.0.0.2");
    watch(Duration.ofSeconds(1));
    found.awaitNodes(SOURCE, Set.of("10.0.0.1:7", "10.0.0.2:7"));

    server.has(NAME, "10.0.0.1");
    server.fails(DnsRecordType.AAAA, NAME, DnsServer.SERVFAIL);
    Registrations degraded = found.awaitLast(SOURCE, Registrations::degraded);
    assertThat(Found.names(degraded)).containsExactly("10.0.0.1:7", "10.0.0.2:7");
    assertThat(discovery.problem(SOURCE)).contains("SERVFAIL of 127.0.0.1 for a.example. AAAA");

    server.has(NAME, "10.0.0.1");
    Registrations good = found.awaitNodes(SOURCE, Set.of("10.0.0.1:7"));
    assertThat(good.degraded()).isFalse();
  }

  @Test
  void anEditOfTheIntervalIsInForceAtOnce() {
    server.has(NAME, "10.0.0.1");
    watch(Duration.ofMinutes(10));
    found.awaitNodes(SOURCE, Set.of("10.0.0.1:7"));

    server.has(NAME, "10.0.0.2");
    watch(Duration.ofMinutes(5));

    found.awaitNodes(SOURCE, Set.of("10.0.0.2:7"));
    assertThat(found.forgotten()).isEmpty();
  }

  @Test
  void withoutAnAnswerTheReasonIsReported() {
    unreadable = new IOException("broken");
    watch(Duration.ofMinutes(10));
    await().atMost(Found.LIMIT).until(() -> found.unanswered(SOURCE) != null);
    assertThat(discovery.problem(SOURCE)).contains("/etc/resolv.conf cannot be read: broken");
    assertThat(discovery.hasFailed(SOURCE)).isTrue();
    assertThat(discovery.answered(SOURCE)).isFalse();

    unreadable = null;
    found.awaitNodes(SOURCE, Set.of());
    assertThat(discovery.hasGivenUp(SOURCE)).isFalse();
  }

  @Test
  void aNameThatNoFanoutHasIsForgotten() {
    watch(Duration.ofSeconds(1));
    found.awaitNodes(SOURCE, Set.of());

    discovery.serve(Map.of());

    await().atMost(Found.LIMIT).until(() -> found.forgotten().contains(SOURCE));
    int queries = server.queries().size();
    discovery.close();
    assertThat(server.queries()).hasSize(queries);
  }
}
