package io.pushfanout.simulation;

import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.OverflowPolicy;
import java.time.Duration;

/** Histories of memory: the bytes that a peer can make this side keep, and failed allocations. */
final class Resources {
  private Resources() {}

  /** Direct memory is exhausted four times, for some milliseconds each. */
  static void noMemory(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    s.settings(b -> b.deliveryMode(mode));
    int bytes = s.pick(24, 5_000);
    for (int i = 0; i < 4; i++) {
      int millis = s.between(1, 100);
      s.at(
          s.between(600, 3_500),
          "no direct memory for " + millis + " ms",
          x -> {
            x.allocator.failing(true);
            x.scheduler.after(millis * Simulation.MILLI, () -> x.allocator.failing(false));
          });
    }
    s.flow(300, 4_000, s.pick(50, 200), bytes, s.pick(1, 5));
  }

  /** A node announces frames of 16 MiB and large windows, and does not read. */
  static void largeFrames(Script s) {
    s.settings(
        b ->
            b.deliveryMode(s.oneOf(DeliveryMode.UNARY, DeliveryMode.AUTO))
                .queueBytes(64 << 20)
                .rpcTimeout(Duration.ofSeconds(3)));
    s.manners =
        m -> {
          m.maxFrame = (1 << 24) - 1;
          m.initialWindow = 32 << 20;
          m.connectionWindow = 32 << 20;
        };
    s.behaveAll(400, "do not read", m -> m.reads = false);
    s.flow(500, 600, 20, s.pick(300_000, 1 << 20, 3 << 20), 1);
    s.behaveAtMillis = 1_500;
  }

  /** Nodes report streaming support, and return no window. */
  static void unreadStreams(Script s) {
    s.nodes = 1;
    s.settings(
        b ->
            b.deliveryMode(DeliveryMode.AUTO)
                .workers(s.pick(2, 10))
                .queueSize(5_000)
                .rpcTimeout(Duration.ofSeconds(2)));
    int window = s.pick(0, 65_535);
    s.at(
        300,
        "the node is away",
        x -> {
          x.node(0).behave(m -> m.dials = Manners.Dials.REFUSES);
          x.node(0).kill();
        });
    s.behaveAll(
        1_000,
        "are back and give back no window",
        m -> {
          m.windows = Manners.Windows.NEVER;
          m.initialWindow = window;
        });
    s.flow(500, 900, 2_500, 1_000, 20);
    s.behaveAtMillis = 4_000;
    s.also(Invariant.CONNECTION_HOLDS_LITTLE);
  }

  static void partOfAResponse(Script s) {
    s.nodes = 1;
    s.settings(
        b ->
            b.deliveryMode(DeliveryMode.AUTO)
                .workers(s.pick(1, 2))
                .rpcTimeout(Duration.ofSeconds(2)));
    s.behaveAll(400, "send most of a large response", m -> m.streams = Answer.PART_OF_A_MESSAGE);
    s.flow(500, 1_500, 10, 24, 3);
    s.behaveAtMillis = 2_500;
    s.also(Invariant.CONNECTION_HOLDS_LITTLE);
  }

  /** A node takes messages of 4 MiB, and an envelope is a little larger. */
  static void messageBound(Script s) {
    s.nodes = 1;
    s.settings(b -> b.deliveryMode(DeliveryMode.AUTO).rpcTimeout(Duration.ofSeconds(5)));
    s.manners = m -> m.largestMessage = 4 << 20;
    s.flow(500, 600, 10, (4 << 20) - s.pick(0, 1, 5, 10), 1);
    s.flow(500, 1_500, 20);
    s.behaveAtMillis = 2_500;
    s.also(Invariant.ORDERLY_END_LOSES_NOTHING);
  }

  static void manyRooms(Script s) {
    s.nodes = 1;
    s.settings(b -> b.deliveryMode(DeliveryMode.STREAM).queueSize(5_000).workers(10));
    s.flow(500, 1_500, 2_000, 24, 100_000);
    s.behaveAtMillis = 2_000;
    s.also(Invariant.NODE_AT_REST_IS_SMALL);
  }

  /** Connections come and go, and each probes its node for streaming support. */
  static void questions(Script s) {
    s.settings(b -> b.deliveryMode(DeliveryMode.AUTO).rpcTimeout(Duration.ofSeconds(60)));
    s.at(
        500,
        "connections end, again and again",
        x -> {
          for (int at = 0; at < 6_000; at += 300) {
            x.scheduler.after(at * Simulation.MILLI, () -> x.nodes().forEach(SimulatedNode::leave));
          }
        });
    s.flow(500, 6_000, 10);
    s.behaveAtMillis = 7_000;
  }

  /** Envelopes of one room fail one after the other, and wait for their next attempts. */
  static void restingLanes(Script s) {
    s.nodes = 1;
    s.settings(
        b ->
            b.deliveryMode(DeliveryMode.STREAM)
                .workers(s.pick(1, 2))
                .overflowPolicy(OverflowPolicy.DROP_NEWEST)
                .blockTimeout(Duration.ofMillis(1))
                .rpcTimeout(Duration.ofMillis(500))
                .messageTtl(Duration.ofSeconds(5))
                .maxAttempts(5)
                .initialBackoff(Duration.ofSeconds(20))
                .maxBackoff(Duration.ofSeconds(20)));
    s.behaveAll(
        300,
        "refuse each envelope",
        m -> {
          m.oddEach = 1;
          m.odd = Answer.UNAVAILABLE;
        });
    for (int i = 0; i < 4; i++) {
      s.flow(500 + 1_500L * i, 501 + 1_500L * i, 1_000, 24, 1);
    }
    s.behaveAtMillis = 16_000;
  }
}
