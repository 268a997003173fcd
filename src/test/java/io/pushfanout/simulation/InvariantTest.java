package io.pushfanout.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2FrameTypes;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.NodeLedger;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Breaks each invariant once, by a wrong peer, a wrong caller or a wrong view of the engine. */
class InvariantTest {
  private static final long SECOND = 1_000 * Simulation.MILLI;

  /** Invariants that {@link WatchedConnectorTest} and {@link ReachableTest} break. */
  private static final Set<Invariant> ELSEWHERE =
      EnumSet.of(
          Invariant.CALLBACK_COMES_ONCE,
          Invariant.CALLBACK_COMES_ON_ITS_LOOP,
          Invariant.DELIVERY_ENDS_IN_TIME,
          Invariant.CONNECTION_HOLDS_LITTLE,
          Invariant.NODE_AT_REST_IS_SMALL);

  private static final Map<Invariant, Consumer<Script>> BREACHES = breaches();

  static Set<Invariant> broken() {
    return BREACHES.keySet();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theBreachIsFound(Invariant invariant) {
    Scenario scenario =
        new Scenario(
            "breach of " + invariant,
            s -> {
              s.nodes = 1;
              s.settings(b -> b.workers(2).deliveryMode(DeliveryMode.UNARY));
              s.behaveAtMillis = 2_000;
              s.also(invariant);
              BREACHES.getOrDefault(invariant, _ -> {}).accept(s);
            });
    try (Simulator simulator = new Simulator()) {
      Violation violation = simulator.run(scenario, 1).violation();

      assertThat(violation)
          .isNotNull()
          .satisfies(v -> assertThat(v.invariant()).as("%s", v).isEqualTo(invariant));
    }
  }

  @Test
  void withoutABreachAllHold() {
    Scenario well =
        new Scenario(
            "well",
            s -> {
              s.flow(500, 1_500, 50);
              s.untilStreams = true;
            });
    try (Simulator simulator = new Simulator()) {
      for (long seed = 1; seed <= 10; seed++) {
        assertThat(simulator.run(well, seed).violation()).isNull();
      }
    }
  }

  @Test
  void noInvariantIsLeftOut() {
    Set<Invariant> all = EnumSet.copyOf(ELSEWHERE);
    all.addAll(BREACHES.keySet());

    assertThat(all).isEqualTo(EnumSet.allOf(Invariant.class));
  }

  private static Map<Invariant, Consumer<Script>> breaches() {
    Map<Invariant, Consumer<Script>> map = new EnumMap<>(Invariant.class);
    map.put(
        Invariant.LEDGER_BALANCES,
        s -> distort(s, (node, ledger) -> with(node, ledger(ledger, 5, 0, 0))));
    map.put(
        Invariant.BROADCAST_IS_ANSWERED_ONCE,
        s ->
            s.at(
                500,
                "an answer comes twice",
                x -> {
                  Broadcast broadcast = x.broadcast(FanoutName.DEFAULT, 24, 0);
                  x.scheduler.after(SECOND / 10, () -> x.answered(broadcast, anAnswer()));
                }));
    map.put(
        Invariant.NOTHING_IS_THROWN,
        s ->
            s.at(
                500,
                "a task throws",
                x ->
                    x.onLoop(
                        () -> {
                          throw new IllegalStateException("thrown");
                        })));
    map.put(
        Invariant.PROTOCOL_IS_KEPT,
        s ->
            s.at(
                500,
                "a push promise comes",
                x -> {
                  Http2Bytes bytes = new Http2Bytes();
                  bytes.frame(Http2FrameTypes.PUSH_PROMISE, 0, 1, new byte[4]);
                  x.node(0).connections().getFirst().received(bytes.take());
                }));
    map.put(
        Invariant.ATTEMPTS_ARE_BOUNDED,
        s -> s.at(500, "a message comes twice", x -> twice(x.node(0))));
    map.put(
        Invariant.BUFFERS_ARE_BOUNDED,
        s -> s.at(500, "a buffer is kept", x -> x.allocator.directBuffer(1 << 20)));
    map.put(
        Invariant.BUFFERS_ARE_RELEASED,
        s -> s.at(500, "a buffer is kept", x -> x.allocator.directBuffer(16)));
    map.put(
        Invariant.LOG_IS_BOUNDED, s -> s.at(500, "11 lines are logged", x -> log(x.node(0), 11)));
    map.put(
        Invariant.UNREACHABLE_IS_REPORTED,
        s -> {
          s.behaveAtMillis = 7_000;
          s.behaveAll(500, "refuse dials", m -> m.dials = Manners.Dials.REFUSES);
          s.at(510, "all are killed", x -> x.node(0).kill());
          distort(s, (node, _) -> with(node, node.connected(), NodeState.CONNECTING));
        });
    map.put(
        Invariant.TTL_ENDS_THE_WAIT,
        s -> {
          s.settings(b -> b.messageTtl(Duration.ofMillis(100)).rpcTimeout(Duration.ofMillis(500)));
          s.behaveAtMillis = 9_000;
          distort(s, (node, ledger) -> with(node, ledger(ledger, 0, 0, 3)));
        });
    map.put(
        Invariant.HEALTHY_NODE_IS_SERVED,
        s -> {
          s.behaveAtMillis = 4_000;
          distort(s, (node, ledger) -> with(node, ledger(ledger, 0, 3, 0)));
        });
    map.put(Invariant.CONNECTS_WITHIN_2_S, s -> s.manners = m -> m.dials = Manners.Dials.REFUSES);
    map.put(
        Invariant.SETTLES_IN_TIME,
        s -> {
          s.manners = m -> m.thinkNanos = SECOND / 5;
          s.flow(1_000, 2_000, 500);
        });
    map.put(Invariant.FRESH_BROADCAST_ARRIVES, s -> s.manners = m -> m.calls = Answer.INTERNAL);
    map.put(
        Invariant.STREAMS_ARE_USED_WITHIN_90_S,
        s -> {
          s.settings(b -> b.deliveryMode(DeliveryMode.AUTO));
          s.untilStreams = true;
          s.manners = m -> m.streams = Answer.UNIMPLEMENTED;
        });
    map.put(
        Invariant.SHUTDOWN_ENDS,
        s -> s.at(500, "the engine's thread stops", Simulation::stopApplier));
    map.put(
        Invariant.MEMORY_IS_GIVEN_BACK,
        s -> s.at(500, "memory is kept", x -> assertThat(x.memory.tryTake(1)).isTrue()));
    map.put(
        Invariant.TIMERS_ARE_RELEASED,
        s -> s.at(500, "100 timers wait", x -> x.timers(100, 3_600 * SECOND)));
    map.put(
        Invariant.ORDER_IS_KEPT,
        s -> {
          s.settings(b -> b.workers(1));
          s.at(
              500,
              "a message overtakes",
              x -> {
                x.node(0).received(1_000_002, false);
                x.node(0).received(1_000_001, false);
              });
        });
    map.put(
        Invariant.ORDERLY_END_LOSES_NOTHING,
        s -> {
          s.manners = m -> m.thinkNanos = SECOND / 20;
          s.flow(500, 1_500, 100);
          s.at(1_000, "is killed", x -> x.node(0).kill());
        });
    map.put(Invariant.BLOCK_WAITS, s -> overload(s, OverflowPolicy.BLOCK));
    map.put(
        Invariant.REJECT_DROPS_NOTHING,
        s -> {
          overload(s, OverflowPolicy.REJECT);
          s.at(
              1_000,
              "is killed and away",
              x -> {
                x.node(0).behave(m -> m.dials = Manners.Dials.REFUSES);
                x.node(0).kill();
              });
        });
    map.put(
        Invariant.ABSENCE_BURNS_LITTLE,
        s -> {
          s.behaveAll(
              500,
              "are absent",
              m -> {
                m.calls = Answer.UNAVAILABLE;
                m.streams = Answer.UNAVAILABLE;
              });
          s.at(1_000, "100 have failed", x -> x.distort(all(InvariantTest::failed)));
        });
    map.put(Invariant.ERROR_COSTS_ONE_ANSWER, s -> s.at(500, "is killed", x -> x.node(0).kill()));
    map.put(
        Invariant.FAILING_IS_REPORTED,
        s -> {
          s.behaveAtMillis = 8_000;
          s.behaveAll(
              500,
              "fail everything",
              m -> {
                m.calls = Answer.INTERNAL;
                m.streams = Answer.INTERNAL;
              });
          s.at(
              510,
              "problems are not shown",
              x -> x.distort(fanouts -> fanouts.stream().map(InvariantTest::blind).toList()));
          s.flow(500, 8_000, 5);
        });
    map.put(
        Invariant.FLAPPING_IS_REPORTED,
        s -> {
          Scenarios.flapping(s);
          s.at(
              400,
              "problems are not shown",
              x -> x.distort(fanouts -> fanouts.stream().map(InvariantTest::blind).toList()));
          s.also.remove(Invariant.LOG_IS_BOUNDED);
        });
    map.put(
        Invariant.SLOW_IS_REPORTED,
        s -> {
          Scenarios.slowRotation(s);
          distort(s, (node, _) -> with(node, node.connected(), NodeState.CONNECTED));
        });
    map.put(
        Invariant.QUIET_STREAM_IS_ENDED,
        s -> {
          s.behaveAtMillis = 12_000;
          s.at(500, "a stranger's stream is quiet", x -> StrangeClient.openQuietStream(x));
        });
    map.put(
        Invariant.IDLE_NODE_MEETS_ANY_TTL,
        s -> {
          s.settings(b -> b.workers(1).messageTtl(Duration.ofMillis(20)));
          s.manners = m -> m.thinkNanos = SECOND / 20;
          s.flow(500, 1_000, 100);
        });
    map.put(
        Invariant.OTHERS_COST_NOTHING,
        s -> {
          s.memory = 1 << 20;
          s.at(
              300,
              "somebody takes all memory",
              x -> assertThat(x.memory.tryTake(x.memory.limit())).isTrue());
          s.at(500, "a tenant broadcasts", Tenants::good);
        });
    map.put(
        Invariant.EDIT_REACHES_NEW_NODES_ALONE,
        s ->
            s.at(
                500,
                "a node that is not there",
                x -> Services.goesTo(x, FanoutName.DEFAULT, Set.of())));
    map.put(
        Invariant.SILENT_SOURCE_IS_UNKNOWN,
        s ->
            s.at(
                500, "a source that has answered", x -> Services.isUnknown(x, FanoutName.DEFAULT)));
    return map;
  }

  private interface View {
    NodeSnapshot of(NodeSnapshot node, NodeLedger ledger);
  }

  private static void distort(Script s, View view) {
    s.at(0, "the view of the engine is wrong", x -> x.distort(all(view)));
  }

  private static UnaryOperator<List<FanoutSnapshot>> all(View view) {
    return fanouts ->
        fanouts.stream()
            .map(
                f ->
                    new FanoutSnapshot(
                        f.name(),
                        f.generation(),
                        f.settings(),
                        f.nodes().stream().map(n -> view.of(n, n.ledger())).toList(),
                        f.problems(),
                        f.discovered(),
                        f.degraded(),
                        f.conflicts()))
            .toList();
  }

  private static FanoutSnapshot blind(FanoutSnapshot f) {
    return new FanoutSnapshot(
        f.name(),
        f.generation(),
        f.settings(),
        f.nodes(),
        List.of(),
        f.discovered(),
        f.degraded(),
        f.conflicts());
  }

  private static NodeSnapshot failed(NodeSnapshot node, NodeLedger ledger) {
    NodeLedger failed =
        new NodeLedger(
            ledger.enqueued() + 100,
            ledger.delivered(),
            Map.of(StatusCode.UNAVAILABLE, 100L),
            ledger.expired(),
            Map.<DropReason, Long>of(),
            ledger.queued(),
            ledger.queuedBytes(),
            ledger.inFlight());
    return with(node, failed);
  }

  private static NodeLedger ledger(NodeLedger is, int unbalanced, int queued, int inFlight) {
    return new NodeLedger(
        is.enqueued() + queued + inFlight + unbalanced,
        is.delivered(),
        is.failed(),
        is.expired(),
        is.dropped(),
        is.queued() + queued,
        is.queuedBytes(),
        is.inFlight() + inFlight);
  }

  private static NodeSnapshot with(NodeSnapshot node, NodeLedger ledger) {
    return new NodeSnapshot(
        node.address(),
        node.fanout(),
        node.settings(),
        node.state(),
        node.inState(),
        node.connected(),
        node.dialled(),
        node.detail(),
        node.mode(),
        node.routing(),
        node.rooms(),
        node.troubles(),
        ledger);
  }

  private static NodeSnapshot with(NodeSnapshot node, boolean connected, NodeState state) {
    return new NodeSnapshot(
        node.address(),
        node.fanout(),
        node.settings(),
        state,
        node.inState(),
        connected,
        node.dialled(),
        node.detail(),
        node.mode(),
        node.routing(),
        node.rooms(),
        node.troubles(),
        node.ledger());
  }

  private static BroadcastResult anAnswer() {
    return new BroadcastResult.Answered(new BroadcastOutcome(1, 0, List.of()));
  }

  private static void twice(SimulatedNode node) {
    node.received(1_000_000, false);
    node.received(1_000_000, false);
  }

  private static void log(SimulatedNode node, int lines) {
    for (int i = 0; i < lines; i++) {
      LoggerFactory.getLogger(NodeSnapshot.class).info("{}: a line", node.address);
    }
  }

  private static void overload(Script s, OverflowPolicy policy) {
    s.settings(
        b -> b.workers(1).queueSize(1).overflowPolicy(policy).blockTimeout(Duration.ofMillis(50)));
    s.manners = m -> m.thinkNanos = SECOND / 5;
    s.flow(500, 1_500, 50);
  }
}
