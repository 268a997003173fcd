package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.pushfanout.connect.ScriptedNode.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Thousands of spoilt conversations: the end of each delivery is reported once, the log stays
 * empty, no buffer is lost, and a good node is served afterwards. {@code -Dpushfanout.fuzz.seed}
 * and {@code -Dpushfanout.fuzz.cases} make a failed case again, or go farther.
 */
@Isolated("reads the log of all")
class FrameFuzzTest {
  private static final long SEED = Long.getLong("pushfanout.fuzz.seed", 1);
  private static final int CASES = Integer.getInteger("pushfanout.fuzz.cases", 2_000);
  private static final int AT_A_TIME = 4;
  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

  @RegisterExtension final QuietLog log = new QuietLog();

  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
  private final Map<Integer, Long> seedsByPort = new ConcurrentHashMap<>();
  private EventLoops loops;
  private NettyConnector remembering;
  private NettyConnector forgetful;

  @BeforeEach
  void start() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    loops = new EventLoops(1);
    remembering = EngineDouble.connector(loops, options(true));
    forgetful = EngineDouble.connector(loops, options(false));
  }

  @AfterEach
  void stop() {
    loops.close();
    ResourceLeakDetector.setLevel(before);
  }

  private static NettyConnector.Options options(boolean cachesHeaders) {
    return new NettyConnector.Options(
        Duration.ofSeconds(10), KeepAlivePolicy.Config.DEFAULT, 1_000, cachesHeaders);
  }

  @Test
  void eachDeliveryEndsOnceForAnyBytesOfTheNode() throws Exception {
    long since = System.nanoTime();
    try (ExecutorService workers = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Future<?>> cases =
          LongStream.range(SEED, SEED + CASES)
              .<Future<?>>mapToObj(seed -> workers.submit(() -> run(seed)))
              .toList();
      for (Future<?> each : cases) {
        each.get();
      }
    }
    collectLostBuffers();
    assertThat(log.complaints().stream().map(this::withSeed)).isEmpty();
    System.out.printf(
        "FrameFuzzTest: %d conversations in %d ms%n",
        CASES, Duration.ofNanos(System.nanoTime() - since).toMillis());
  }

  /** Replaces a node's address in a complaint by the case. */
  private String withSeed(String complaint) {
    return PORT.matcher(complaint)
        .replaceAll(
            port ->
                port.group() + "(seed " + seedsByPort.get(Integer.valueOf(port.group(1))) + ")");
  }

  /** Throws with the seed of the case. */
  private void run(long seed) {
    try {
      play(seed, new SplittableRandom(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("-Dpushfanout.fuzz.cases=1 -Dpushfanout.fuzz.seed=" + seed, e);
    }
  }

  private void play(long seed, SplittableRandom random) throws Exception {
    boolean stays = random.nextInt(12) == 0;
    Duration timeout = stays ? Duration.ofMillis(40) : Duration.ofSeconds(20);
    NettyConnector connector = random.nextBoolean() ? remembering : forgetful;
    try (ScriptedNode node = new ScriptedNode(0)) {
      seedsByPort.put(node.address().port(), seed);
      var engine = new FuzzedEngine(connector, node.address(), 3, timeout);
      Wire wire = node.accept();
      try {
        talk(wire, engine, random);
        if (!stays) {
          wire.close();
        }
        engine.awaitEnds();
        if (random.nextInt(30) == 0) {
          engine.deliverAgain();
          wire.close();
          serve(node, engine);
        }
        engine.close();
      } finally {
        wire.close();
      }
    }
  }

  private static void talk(Wire wire, FuzzedEngine engine, SplittableRandom random)
      throws Exception {
    byte[] greeting = FuzzedConversation.greeting(random);
    boolean bad = random.nextInt(10) == 0;
    if (bad) {
      greeting[random.nextInt(greeting.length)] ^= (byte) (1 << random.nextInt(8));
    }
    wire.raw(greeting);
    if (bad) {
      // The connection gets no more bytes, in any state.
      wire.shutDown();
    }
    int calls = engine.awaitStarted();
    try {
      List<Integer> streams = new ArrayList<>();
      while (streams.size() < calls) {
        streams.add(wire.await(ScriptedNode.HEADERS).stream());
      }
      byte[] bytes =
          new FuzzedConversation(random, streams).answers().spoil(random.nextInt(1, 5)).bytes();
      int at = random.nextInt(bytes.length + 1);
      wire.raw(Arrays.copyOf(bytes, at));
      wire.raw(Arrays.copyOfRange(bytes, at, bytes.length));
    } catch (IOException _) {
      // The connection has ended already.
    }
  }

  private static void serve(ScriptedNode node, FuzzedEngine engine) throws Exception {
    engine.reconnectNow();
    while (!engine.isServed()) {
      try (Wire wire = node.acceptWithSettings()) {
        wire.answerOk(wire.awaitRequest());
        engine.awaitServed();
      } catch (IOException _) {
        // The dial has ended this connection before it was accepted.
      }
    }
  }

  /**
   * Makes Netty report lost buffers, which it does when the next buffer is made after a collection.
   */
  private static void collectLostBuffers() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(20);
      ByteBuf next = ByteBufAllocator.DEFAULT.directBuffer();
      next.release();
    }
  }
}
