package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.MAX_CONCURRENT_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.connect.ScriptedNode.Wire;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.NodeAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The look-up of nodes by name while a name server does not answer for some names. */
class LookUpTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final EventLoops loops = new EventLoops(1);
  private final List<EngineDouble> engines = new ArrayList<>();
  private final CountDownLatch nameServerAnswers = new CountDownLatch(1);
  private final Semaphore stuckLookUps = new Semaphore(0);
  private final AtomicInteger stuckLookUpsEver = new AtomicInteger();
  private ScriptedNode node;

  @BeforeEach
  void listen() throws Exception {
    node = new ScriptedNode();
  }

  @AfterEach
  void close() throws Exception {
    nameServerAnswers.countDown();
    for (EngineDouble engine : engines) {
      engine.close();
    }
    node.close();
    loops.close();
  }

  /** The clock of look-ups stands still: none grows old, however busy the machine. */
  private NettyConnector connector(Duration timeout) {
    return new NettyConnector(
        loops.group()::next,
        new NettyConnector.Options(timeout, KeepAlivePolicy.Config.DEFAULT, 1_000, true),
        new Dial.Network(
            new SystemNameResolver(new LookUps(this::resolve, this::onAThread, () -> 0)),
            new TcpOpener(loops, new DescriptorShare(1_000, 0))),
        TlsProfiles.NONE);
  }

  private void onAThread(Runnable lookUp) {
    Thread.ofPlatform().daemon().name("look-up").start(lookUp);
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    if (host.startsWith("stuck")) {
      stuckLookUpsEver.incrementAndGet();
      stuckLookUps.release();
      try {
        nameServerAnswers.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  private EngineDouble open(NettyConnector connector, String host) throws Exception {
    var engine = new EngineDouble(connector, new NodeAddress(host, node.address().port()));
    engines.add(engine);
    return engine;
  }

  @Test
  void namesWithoutAnAnswerKeepNoOthersWaiting() throws Exception {
    NettyConnector connector = connector(LONG);
    for (int i = 0; i < 32; i++) {
      open(connector, "stuck-" + i);
    }
    stuckLookUps.acquire(4);
    EngineDouble engine = open(connector, "healthy");
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(engine.next()).isEqualTo("connected 5");
    }
  }

  @Test
  void aNameIsLookedUpOnceAtATimeHoweverOftenItIsDialled() throws Exception {
    NettyConnector connector = connector(Duration.ofMillis(100));
    EngineDouble one = open(connector, "stuck");
    EngineDouble two = open(connector, "stuck");
    for (int i = 0; i < 3; i++) {
      assertThat(one.next()).isEqualTo("disconnected: no address of stuck within 100 ms");
      assertThat(two.next()).isEqualTo("disconnected: no address of stuck within 100 ms");
    }
    assertThat(stuckLookUpsEver).hasValue(1);
  }

  @Test
  void aNameThatHasAnAnswerAtLastIsConnectedTo() throws Exception {
    EngineDouble engine = open(connector(Duration.ofMillis(500)), "stuck");
    String late = "disconnected: no address of stuck within 500 ms";
    assertThat(engine.next()).isEqualTo(late);
    nameServerAnswers.countDown();
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      String event = engine.next();
      while (event.equals(late)) {
        event = engine.next();
      }
      assertThat(event).isEqualTo("connected 5");
    }
  }

  @Test
  void theAnswerForAClosedConnectionIsIgnored() throws Exception {
    NettyConnector connector = connector(LONG);
    EngineDouble closed = open(connector, "stuck");
    EngineDouble open = open(connector, "stuck");
    stuckLookUps.acquire();
    closed.close();
    nameServerAnswers.countDown();
    try (Wire _ = node.acceptWithSettings(MAX_CONCURRENT_STREAMS, 5)) {
      assertThat(open.next()).isEqualTo("connected 5");
      assertThat(node.hasNoMoreConnections()).isTrue();
      assertThat(closed.heardNothingMore()).isTrue();
    }
  }
}
