package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.lookup.LookUps.NameService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Discovery with one name for several members of etcd. */
@ResourceLock(EtcdServer.CLIENTS)
class EtcdNamesIT {
  private static final EtcdServer etcd = EtcdServer.started();

  /** A bound above the 4.5 s that the probe of a member takes at most, for a busy machine. */
  private static final Duration FOUND_WITHIN = Duration.ofSeconds(12);

  @AfterAll
  static void stopEtcd() {
    etcd.close();
  }

  private static InetAddress loopback(int last) throws Exception {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private static void assertFound(String what, String service, NameService names) {
    etcd.put("/services/" + service + "/127.0.0.1:1", "");
    Found found = new Found();
    EtcdOptions options = EtcdOptions.parse(List.of("http://etcd.example:" + etcd.clientPort()));
    long since = System.nanoTime();
    try (var discovery = new EtcdDiscovery(options, new LookUps(names), found)) {
      discovery.setServices(Set.of(service));
      found.awaitNodes(service, Set.of("127.0.0.1:1"));
      Duration took = Duration.ofNanos(System.nanoTime() - since);
      System.out.printf("EtcdNamesIT: %s: found after %s%n", what, took);
      assertThat(took).isLessThan(FOUND_WITHIN);
    }
  }

  @Test
  void anIPv6LiteralIsAnEndpoint() {
    etcd.put("/services/literal/127.0.0.1:1", "");
    Found found = new Found();
    try (TcpProxy six = new TcpProxy(InetAddresses.forString("::1"), etcd.clientPort());
        var discovery = new EtcdDiscovery(EtcdOptions.parse(List.of(six.endpoint())), found)) {
      assertThat(six.endpoint()).startsWith("http://[::1]:");
      discovery.setServices(Set.of("literal"));
      found.awaitNodes("literal", Set.of("127.0.0.1:1"));
    }
  }

  @Test
  void addressesThatRefuseAreSkipped() throws Exception {
    InetAddress[] all = {loopback(3), InetAddresses.forString("::1"), loopback(1)};
    for (int i = 0; i < 4; i++) {
      assertFound("two refuse", "refusing-" + i, _ -> all);
    }
  }

  @Test
  void oneThatAcceptsAndIsSilentIsLeftForTheNext() throws Exception {
    InetAddress[] first = {loopback(2)};
    InetAddress[] both = {loopback(2), loopback(1)};
    AtomicInteger asked = new AtomicInteger();
    try (ServerSocket silent = new ServerSocket()) {
      silent.bind(new InetSocketAddress(loopback(2), etcd.clientPort()), 50);
      assertFound("one is silent", "silent", _ -> asked.getAndIncrement() == 0 ? first : both);
    }
  }

  @Test
  void aLookUpThatHangsDelaysNothingAndIsRepeated() throws Exception {
    InetAddress[] one = {loopback(1)};
    CountDownLatch answers = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    assertFound(
        "the first look-up hangs",
        "hanging",
        _ -> {
          if (asked.getAndIncrement() == 0) {
            try {
              answers.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          return one;
        });
    answers.countDown();
  }

  @Test
  void theNameMoves() throws Exception {
    InetAddress[] old = {loopback(3)};
    InetAddress[] moved = {loopback(1)};
    AtomicInteger asked = new AtomicInteger();
    assertFound("the name moves", "moving", _ -> asked.getAndIncrement() < 2 ? old : moved);
  }
}
