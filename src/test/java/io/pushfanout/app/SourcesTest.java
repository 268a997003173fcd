package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.fanout.FakeLoop;
import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.fanout.MemoryBudget;
import io.pushfanout.fanout.Totals;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.state.SavedNodes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With an etcd that is not there, and a time that the test lets go by. */
class SourcesTest {
  private static final Instant SAVED = Instant.parse("2026-11-22T10:00:00Z");

  private final FakeLoop thread = new FakeLoop();
  private final Registry registry =
      new Registry(
          EtcdOptions.parse(List.of("http://127.0.0.1:1")),
          new DesiredState(engine(), thread, thread::nanoTime),
          Map.of("chat", new SavedNodes(SAVED, Set.of(NodeAddress.parse("old:1")))),
          thread::nanoTime,
          Clock.systemUTC());
  private final Sources sources = new Sources(registry, thread);
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
    assertThat(sources.savedAsOf()).isEmpty();
  }

  @Test
  void itIsReadyOnceThereIsSomethingOfEverySourceAndToldSoOnce() {
    specs.whyNot = "not listed";
    start();
    assertThat(sources.whyNotReady()).isEqualTo("not listed");

    specs.whyNot = null;
    registry.serve(List.of(etcd("game")));
    pass(Duration.ofSeconds(1));
    assertThat(sources.isReady()).isFalse();
    assertThat(sources.whyNotReady())
        .startsWith("etcd has not answered yet for game (")
        .endsWith(")");

    registry.serve(List.of());
    pass(Duration.ofMillis(20));
    assertThat(sources.isReady()).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(toldReady).hasValue(1);
  }

  @Test
  void itStaysReadyWhenASourceGoesAway() {
    start();
    assertThat(sources.isReady()).isTrue();

    specs.whyNot = "gone";
    registry.serve(List.of(etcd("game")));
    pass(Duration.ofSeconds(5));

    assertThat(sources.isReady()).isTrue();
  }

  @Test
  void itLooksOftenUntilItIsReadyAndNowAndThenForWhatComesLater() {
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
  void whatWasSavedOfAServiceTakesThePlaceOfAnEtcdThatDoesNotAnswer() {
    registry.serve(List.of(etcd("chat")));
    start();
    assertThat(sources.isReady()).isFalse();

    pass(Duration.ofSeconds(3));

    assertThat(sources.isReady()).isTrue();
    assertThat(registry.savedAsOf()).containsEntry("chat", SAVED);
  }

  @Test
  void theSpecsSayAsOfWhenTheyAreSaved() {
    specs.savedAsOf = SAVED;
    start();

    assertThat(sources.savedAsOf()).contains(SAVED);
  }

  @Test
  void afterAStopItIsNotReadyAndLooksNoMore() {
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
  void aStopDuringALookIsNotUndoneByIt() {
    specs.whenAsked = sources::stop;
    start();

    assertThat(sources.isReady()).isFalse();
    assertThat(toldReady).hasValue(0);
  }

  @Test
  void theSpecsAreToldThatTheServerLeaves() {
    start();
    sources.stop();
    assertThat(specs.happened).isEmpty();

    sources.leave();
    assertThat(specs.happened).containsExactly("leave");
  }

  private void start() {
    sources.start(specs, toldReady::incrementAndGet);
    thread.run();
  }

  private void pass(Duration time) {
    thread.advance(time);
  }

  /** Which is never asked to open anything. */
  private FanoutEngine engine() {
    return new FanoutEngine(
        (_, _, _) -> {
          throw new AssertionError("no node is connected to");
        },
        new Totals(),
        MemoryBudget.unlimited(),
        thread,
        thread::nanoTime,
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
    private @Nullable Instant savedAsOf;
    private Runnable whenAsked = () -> {};
    private int fallBacks;

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
    }

    @Override
    public Optional<Instant> savedAsOf() {
      return Optional.ofNullable(savedAsOf);
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
