package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.checkpoint.Checkpoint;
import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.fanout.Unconnected;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.queue.MemoryBudget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sources without a reachable etcd, on a clock of the test. */
class SourcesTest {
  private static final Instant SAVED = Instant.parse("2026-11-22T10:00:00Z");

  private final FakeLoop thread = new FakeLoop();

  /** The engine's thread, which runs as slowly as the test wants. */
  private final FakeLoop applier = new FakeLoop();

  private final FanoutEngine engine = engine();
  private final DesiredState desired = new DesiredState(engine, applier, applier::nanoTime);
  private final Registry registry =
      new Registry(
          listener ->
              new Discoveries(
                  EtcdOptions.parse(List.of("http://127.0.0.1:1")),
                  ClusterAccess::ofProcess,
                  listener),
          desired,
          Map.of("chat", new Checkpoint<>(SAVED, Set.of(NodeAddress.parse("old:1")))),
          thread::nanoTime,
          Clock.fixed(SAVED.plusSeconds(60), ZoneOffset.UTC));
  private final Sources sources = new Sources(registry, engine::whyUnavailable, thread);
  private final ScriptedSource specs = new ScriptedSource();
  private final AtomicInteger toldReady = new AtomicInteger();

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void beforeThereIsASourceOfSpecsItIsStarting() {
    sources.leave();

    assertThat(sources.isReady()).isFalse();
    assertThat(sources.whyNotReady()).isEqualTo("starting");
  }

  @Test
  void itBecomesReadyOnceWhenEverySourceHasAnswered() {
    specs.whyNot = "not listed";
    start();
    assertThat(sources.whyNotReady()).isEqualTo("not listed");

    specs.whyNot = null;
    serve(etcd("game"));
    pass(Duration.ofSeconds(1));
    assertThat(sources.isReady()).isFalse();
    assertThat(sources.whyNotReady())
        .startsWith("etcd has not answered yet for game (")
        .endsWith(")");

    serve();
    pass(Duration.ofMillis(20));
    assertThat(sources.isReady()).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(toldReady).hasValue(1);
  }

  @Test
  void itStaysReadyWhenASourceGoesAway() {
    serve();
    start();
    assertThat(sources.isReady()).isTrue();

    specs.whyNot = "gone";
    serve(etcd("game"));
    pass(Duration.ofSeconds(5));

    assertThat(sources.isReady()).isTrue();
  }

  @Test
  void itChecksOftenUntilItIsReadyAndRarelyAfterwards() {
    serve();
    specs.whyNot = "not listed";
    start();
    pass(Duration.ofMillis(200));
    assertThat(specs.fallBacks).isEqualTo(11);

    specs.whyNot = null;
    pass(Duration.ofMillis(20));
    pass(Duration.ofSeconds(5));
    assertThat(specs.fallBacks).isEqualTo(22);
  }

  @Test
  void savedNodesOfAServiceReplaceAnEtcdThatDoesNotAnswer() {
    serve(etcd("chat"));
    start();
    assertThat(sources.isReady()).isFalse();

    pass(Duration.ofSeconds(3));

    assertThat(sources.isReady()).isTrue();
    assertThat(registry.restoredAges()).containsEntry("chat", Duration.ofSeconds(60));
  }

  @Test
  void afterAStopItIsNotReadyAndChecksNoMore() {
    serve();
    start();
    sources.stop();
    assertThat(sources.isReady()).isFalse();
    assertThat(sources.whyNotReady()).isEqualTo("the server is shutting down");

    int before = specs.fallBacks;
    pass(Duration.ofSeconds(5));
    assertThat(specs.fallBacks).isEqualTo(before);
    assertThat(thread.pendingTimers()).isZero();
  }

  @Test
  void aStopDuringACheckIsNotUndoneByIt() {
    serve();
    specs.whenAsked = sources::stop;
    start();

    assertThat(sources.isReady()).isFalse();
    assertThat(toldReady).hasValue(0);
  }

  @Test
  void leavingStopsTheReportsOfTheSpecs() {
    start();
    sources.stop();
    assertThat(specs.happened).isEmpty();

    sources.leave();
    assertThat(specs.happened).containsExactly("leave");
  }

  /** The engine may pause after each step, and a check may run at any time. */
  @Test
  void aReadyServerHasItsRoutesEvenIfTheyAreAppliedSlowly() {
    for (int looks = 1; looks < 6; looks++) {
      try (SlowStart start = new SlowStart()) {
        start.readyOnlyWithRoutes(looks);
      }
    }
  }

  @Test
  void aFailedCheckIsFollowedByTheNext() {
    serve();
    specs.failure = new LinkageError("on purpose");
    start();
    pass(Duration.ofSeconds(1));
    assertThat(sources.isReady()).as("one source's failure holds up no other").isTrue();

    int before = specs.fallBacks;
    pass(Duration.ofSeconds(5));
    assertThat(specs.fallBacks).isEqualTo(before + 10);
  }

  @Test
  void aFailedReadyCallbackIsRepeatedAndUntilThenItIsNotReady() {
    serve();
    AtomicInteger failures = new AtomicInteger(3);
    sources.start(
        specs,
        () -> {
          if (failures.getAndDecrement() > 0) {
            throw new LinkageError("on purpose");
          }
        });
    pass(Duration.ofMillis(40));
    assertThat(sources.isReady()).isFalse();
    assertThat(sources.whyNotReady()).isEqualTo("starting");

    pass(Duration.ofMillis(20));
    assertThat(sources.isReady()).isTrue();
  }

  /** A start of its own, with one thread for the engine and one for the checks. */
  private static final class SlowStart implements AutoCloseable {
    private final SourcesTest test = new SourcesTest();

    /**
     * @param looks from one step of the engine to the next
     */
    void readyOnlyWithRoutes(int looks) {
      var _ = test.desired.specs(List.of(etcd("chat")));
      test.registry.serve(List.of(etcd("chat")));
      List<Optional<String>> toldWhile = new ArrayList<>();
      test.sources.start(test.specs, () -> toldWhile.add(test.engine.whyUnavailable()));
      test.thread.advance(Duration.ofSeconds(3));
      assertThat(test.registry.unanswered()).as("what was saved has been handed over").isEmpty();
      for (int step = 0; step < 20; step++) {
        assertThat(test.sources.isReady()).isEqualTo(test.engine.whyUnavailable().isEmpty());
        test.applier.runNext();
        test.thread.advance(Duration.ofMillis(20L * looks));
        if (test.sources.isReady()) {
          assertRoutes();
        }
      }
      assertThat(test.sources.isReady()).isTrue();
      assertThat(toldWhile).containsExactly(Optional.empty());
    }

    private void assertRoutes() {
      AtomicReference<@Nullable BroadcastResult> answer = new AtomicReference<>();
      var _ =
          test.engine
              .broadcaster()
              .broadcast(
                  new BroadcastRequest(
                      new Payload(Rpc.BROADCAST, new byte[1]),
                      new BroadcastRequest.Target.Unnamed(),
                      null,
                      Long.MAX_VALUE),
                  answer::set);
      assertThat(answer.get()).isInstanceOf(BroadcastResult.Answered.class);
    }

    @Override
    public void close() {
      test.close();
    }
  }

  private void serve(FanoutSpec... all) {
    var _ = desired.specs(List.of(all));
    registry.serve(List.of(all));
    applier.run();
  }

  private void start() {
    sources.start(specs, toldReady::incrementAndGet);
    thread.advance(Duration.ZERO);
  }

  private void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 10) {
      thread.advance(Duration.ofMillis(Math.min(left, 10)));
      applier.run();
    }
  }

  private FanoutEngine engine() {
    return new FanoutEngine(
        Unconnected.on(applier),
        new Totals(),
        MemoryBudget.unlimited(),
        new RoomIndex(1000),
        applier,
        applier::nanoTime,
        null);
  }

  private static FanoutSpec etcd(String service) {
    return FanoutSpec.of(
        new FanoutName("default", service),
        FanoutSettings.DEFAULT,
        new Discovery.Etcd(service, Duration.ZERO));
  }

  private static final class ScriptedSource implements SpecSource {
    private final List<String> happened = new ArrayList<>();
    private @Nullable String whyNot;
    private Runnable whenAsked = () -> {};
    private int fallBacks;
    private @Nullable Error failure;

    @Override
    public void start() {
      happened.add("start");
    }

    @Override
    public Optional<String> whyNotInForce() {
      whenAsked.run();
      return Optional.ofNullable(whyNot);
    }

    @Override
    public void fallBack() {
      fallBacks++;
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public String origin(FanoutName fanout) {
      return "a script";
    }

    @Override
    public void leave() {
      happened.add("leave");
    }

    @Override
    public void close() {
      happened.add("close");
    }
  }
}
