package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs thousands of random steps of every kind that can happen to streams: resizes, losses,
 * replaced connections, other modes. The ledger balances at every step, and no room is ever out of
 * order.
 */
class StreamHistoryTest {
  private static final int STEPS = 6_000;
  private static final int ROOMS = 12;

  private final Rig rig = new Rig();
  private Random random = new Random();
  private int next;
  private int attempts;
  private boolean alwaysStreams;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void roomsKeepTheirOrderAndNothingIsLostOrDoubled(long seed) {
    random = new Random(seed);
    attempts = seed % 2 == 0 ? 1 : 3;
    alwaysStreams = seed % 4 < 2;
    rig.streaming = StatusCode.OK;
    reconfigure();
    node().connect();
    for (int step = 0; step < STEPS; step++) {
      step();
      assertThat(rig.ledger("a").balances()).isTrue();
      if (alwaysStreams) {
        unacknowledgedOfARoomAreOnOneStream();
      }
    }
    var done = rig.engine.shutdown(Duration.ofSeconds(10));
    rig.loop.advance(Duration.ofMinutes(2));
    assertThat(done).isCompleted();
    assertThat(rig.memory.bytes()).as("what was held has been given back").isZero();

    FanoutTotals totals = rig.totals.of(Rig.FANOUT);
    assertThat(totals.delivered()).as("load was flowing").isGreaterThan(700);
    assertThat(ended(totals)).isEqualTo(totals.enqueued());
    if (attempts == 1) {
      assertThat(node().received).doesNotHaveDuplicates();
      if (alwaysStreams) {
        assertOrder();
      }
    } else {
      Set<String> distinct = new HashSet<>(node().received);
      assertThat(node().received.size()).isLessThanOrEqualTo(attempts * distinct.size());
    }
  }

  private ScriptedNode node() {
    return rig.node("a");
  }

  private void step() {
    int dice = random.nextInt(1000);
    if (dice < 20) {
      reconfigure();
    } else if (dice < 25) {
      node().disconnect();
    } else if (dice < 30) {
      node().replace();
    } else if (dice < 45) {
      connect();
    } else if (dice < 60) {
      rig.loop.advance(Duration.ofMillis(random.nextInt(400)));
    } else if (dice < 70) {
      onStream(s -> s.end(random.nextBoolean() ? StatusCode.UNAVAILABLE : StatusCode.OK));
    } else if (dice < 75) {
      onStream(ScriptedStream::refuse);
    } else if (dice < 95) {
      onStream(s -> s.writable = false);
    } else if (dice < 140) {
      onStream(ScriptedStream::becomeWritable);
    } else if (dice < 560) {
      rig.send("r" + random.nextInt(ROOMS) + ":" + next++);
    } else if (!node().inFlight.isEmpty()) {
      node().answer(random.nextInt(node().inFlight.size()), StatusCode.OK);
    } else {
      onStream(this::acknowledge);
    }
  }

  private void connect() {
    if (!rig.snapshot("a").connected()) {
      node().streaming =
          alwaysStreams || random.nextInt(4) > 0 ? StatusCode.OK : StatusCode.UNIMPLEMENTED;
      node().connect(1 + random.nextInt(20));
    }
  }

  private void onStream(Consumer<ScriptedStream> what) {
    if (!node().streams.isEmpty()) {
      what.accept(node().streams.get(random.nextInt(node().streams.size())));
    }
  }

  private void acknowledge(ScriptedStream stream) {
    int count = random.nextInt(stream.unacknowledged().size() + 1);
    List<DeliveryFailure> failures = new ArrayList<>();
    if (count > 0 && random.nextInt(30) == 0) {
      StatusCode code = alwaysStreams ? StatusCode.INTERNAL : StatusCode.UNAVAILABLE;
      int first = random.nextInt(count);
      failures.add(new DeliveryFailure(first, code, ""));
      if (first + 1 < count) {
        failures.add(new DeliveryFailure(first + 1, code, ""));
      }
    }
    stream.acknowledge(count, failures);
  }

  private void reconfigure() {
    DeliveryMode mode =
        alwaysStreams || random.nextInt(3) > 0 ? DeliveryMode.AUTO : DeliveryMode.UNARY;
    UnaryOperator<SettingsBuilder> settings =
        s ->
            s.workers(1 + random.nextInt(16))
                .queueSize(5 + random.nextInt(100))
                .overflowPolicy(
                    random.nextBoolean() ? OverflowPolicy.DROP_OLDEST : OverflowPolicy.REJECT)
                .messageTtl(Duration.ofMillis(500 + random.nextInt(5000)))
                .rpcTimeout(Duration.ofMillis(100 + random.nextInt(3000)))
                .maxAttempts(attempts)
                .deliveryMode(mode)
                .deliveryWindow(1 + random.nextInt(8));
    rig.apply(settings, "a");
  }

  /**
   * Asserts the order of each room; a message sent again is out of order at a node that has had
   * later ones.
   */
  private void assertOrder() {
    Map<String, Integer> newest = new HashMap<>();
    for (String body : node().received) {
      int id = id(body);
      Integer before = newest.put(room(body), id);
      assertThat(before == null || before < id).as("%s after %s", body, before).isTrue();
    }
  }

  private void unacknowledgedOfARoomAreOnOneStream() {
    Map<String, ScriptedStream> homes = new HashMap<>();
    for (ScriptedStream stream : node().streams) {
      Map<String, Integer> lasts = new HashMap<>();
      for (String body : stream.unacknowledged()) {
        ScriptedStream other = homes.putIfAbsent(room(body), stream);
        assertThat(other == null || other == stream).as("%s is on one stream", body).isTrue();
        int id = id(body);
        Integer before = lasts.put(room(body), id);
        assertThat(before == null || before < id).as("%s is in order", body).isTrue();
      }
    }
  }

  private static String room(String body) {
    return body.substring(0, body.indexOf(':'));
  }

  private static int id(String body) {
    return Integer.parseInt(body.substring(body.indexOf(':') + 1));
  }

  private static long ended(FanoutTotals totals) {
    long sum = totals.delivered() + totals.expired();
    for (StatusCode code : StatusCode.values()) {
      sum += totals.failed(code);
    }
    for (DropReason reason : DropReason.values()) {
      sum += reason.afterEnqueue() ? totals.dropped(reason) : 0;
    }
    return sum;
  }
}
