package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import io.pushfanout.connect.ScriptedNode.Wire;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.NodeAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Names that move, addresses that swallow, news during a dial, by real sockets on loopback. */
@Execution(ExecutionMode.CONCURRENT)
class DialledAddressesTest {
  /** Promised are 2 s, which are printed; a dial that hangs at one address takes 10 s. */
  private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(5);

  private final EventLoops loops = new EventLoops(1);
  private final List<EngineDouble> engines = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private volatile List<InetAddress> addresses = List.of();
  private ScriptedNode node;
  private InetAddress good;
  private InetAddress swallows;

  @BeforeEach
  void listen() throws Exception {
    node = new ScriptedNode();
    open.add(node);
    good = InetAddresses.forString("127.0.0.1");
    swallows = InetAddresses.forString("127.0.0.2");
    open.add(new SwallowingAddress(swallows, node.address().port()));
  }

  @AfterEach
  void close() throws Exception {
    for (EngineDouble engine : engines) {
      engine.close();
    }
    for (AutoCloseable each : open) {
      each.close();
    }
    loops.close();
  }

  private EngineDouble open(Dial.Network network) throws Exception {
    var engine =
        new EngineDouble(
            new NettyConnector(
                loops.group()::next, NettyConnector.Options.DEFAULT, network, TlsProfiles.NONE),
            new NodeAddress("node.example", node.address().port()));
    engines.add(engine);
    return engine;
  }

  private Dial.Network network(DescriptorShare share) {
    return new Dial.Network(
        new SystemNameResolver(new LookUps(_ -> addresses.toArray(InetAddress[]::new))),
        new TcpOpener(loops, share));
  }

  private EngineDouble open() throws Exception {
    return open(network(new DescriptorShare(1_000, 0)));
  }

  private Wire connected(EngineDouble engine, String what, long since) throws Exception {
    Wire wire = node.acceptWithSettings();
    String event = engine.next();
    while (event.startsWith("disconnected")) {
      event = engine.next();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - since);
    System.out.printf("DialledAddressesTest: %s: connected after %s%n", what, took);
    assertThat(event).startsWith("connected");
    assertThat(took).isLessThan(CONNECTED_WITHIN);
    return wire;
  }

  @Test
  void theFirstAddressSwallows() throws Exception {
    addresses = List.of(swallows, good);
    long since = System.nanoTime();
    EngineDouble engine = open();
    connected(engine, "the first swallows", since).close();
    assertThat(engine.next()).startsWith("disconnected");
    // Now the good one is known.
    connected(engine, "the first swallows, again", System.nanoTime()).close();
  }

  @Test
  void theNodeRestartsWhileItsOtherAddressSwallows() throws Exception {
    addresses = List.of(swallows, good);
    EngineDouble engine = open();
    Wire first = connected(engine, "before the restart", System.nanoTime());
    int port = node.address().port();
    node.close();
    first.close();
    assertThat(engine.next()).startsWith("disconnected");
    // The dial has met a refusal, and hangs at the address that swallows.
    Thread.sleep(Duration.ofMillis(700));
    node = new ScriptedNode(port);
    open.add(node);
    connected(engine, "back beside an address that swallows", System.nanoTime()).close();
  }

  @Test
  void theNameMovesWhileADialHangsAtTheOldAddress() throws Exception {
    addresses = List.of(swallows);
    EngineDouble engine = open();
    Thread.sleep(Duration.ofMillis(500));
    addresses = List.of(good);
    connected(engine, "the name moves", System.nanoTime()).close();
  }

  @Test
  void anAnnouncementDuringADialThatHangs() throws Exception {
    addresses = List.of(swallows);
    EngineDouble engine = open();
    Thread.sleep(Duration.ofMillis(500));
    addresses = List.of(good);
    long since = System.nanoTime();
    engine.reconnectNow();
    connected(engine, "announced during a dial", since).close();
  }

  @Test
  void anAnnouncementDuringALookUpThatHangs() throws Exception {
    CountDownLatch answers = new CountDownLatch(1);
    open.add(answers::countDown);
    AtomicInteger asked = new AtomicInteger();
    LookUps firstHangs =
        new LookUps(
            _ -> {
              if (asked.getAndIncrement() == 0) {
                awaitUninterruptibly(answers);
              }
              return new InetAddress[] {good};
            });
    EngineDouble engine =
        open(
            new Dial.Network(
                new SystemNameResolver(firstHangs),
                new TcpOpener(loops, new DescriptorShare(1_000, 0))));
    Thread.sleep(Duration.ofMillis(300));
    long since = System.nanoTime();
    engine.reconnectNow();
    connected(engine, "announced during a look-up", since).close();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) throws UnknownHostException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new UnknownHostException(e.toString());
    }
  }

  @Test
  void aNodeBeyondTheShareOfDescriptorsIsDialledWhenOneIsFree() throws Exception {
    addresses = List.of(good);
    DescriptorShare two = new DescriptorShare(8, 0);
    assertThat(DescriptorShare.most(8, 0)).isEqualTo(2);
    Dial.Network network = network(two);
    EngineDouble one = open(network);
    Wire oneWire = connected(one, "the first", System.nanoTime());
    EngineDouble other = open(network);
    Wire otherWire = connected(other, "the second", System.nanoTime());
    EngineDouble beyond = open(network);
    String shortage =
        "disconnected: connections to nodes have their share of file descriptors, 2 of 8 (ulimit"
            + " -n)";
    assertThat(beyond.next()).isEqualTo(shortage);
    assertThat(beyond.next()).as("said again with each dial").isEqualTo(shortage);
    assertThat(two.taken()).isEqualTo(2);
    one.close();
    connected(beyond, "when one is free", System.nanoTime()).close();
    oneWire.close();
    otherWire.close();
  }
}
