package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client cannot be made for a while, since the machine has no thread for it. */
class ApplyingFailsTest {
  @RegisterExtension
  private final LoggedLines lines = new LoggedLines(io.pushfanout.concurrent.FailureLog.class);

  private final FakeLoop loop = new FakeLoop();
  private @Nullable Error failure = new OutOfMemoryError("unable to create native thread");
  private final FanoutEngine engine =
      new FanoutEngine(
          (_, _, tls, listener) -> {
            if (failure != null) {
              throw failure;
            }
            return new ScriptedNode(loop, tls, listener);
          },
          new Totals(),
          MemoryBudget.unlimited(),
          new RoomIndex(1000),
          loop,
          loop::nanoTime,
          null);
  private final DesiredState desired = new DesiredState(engine, loop, loop::nanoTime);

  ApplyingFailsTest() {
    engine.start();
    desired.start();
  }

  @Test
  void itIsTriedAgainUntilItWorksAndOnlyThenInForce() {
    Future<Void> inForce =
        desired.specs(
            List.of(
                FanoutSpec.of(
                    Rig.FANOUT,
                    FanoutSettings.DEFAULT,
                    new Discovery.Static(Rig.addresses("a", "b")))));
    loop.advance(Duration.ofSeconds(10));
    assertThat(inForce.isDone()).isFalse();
    assertThat(engine.whyUnavailable()).contains("the nodes are not known yet");
    assertThat(lines.all())
        .containsExactly("ERROR applying the desired state failed, and is tried again");

    failure = null;
    loop.advance(Duration.ofSeconds(1));
    assertThat(inForce.isDone()).isTrue();
    assertThat(engine.whyUnavailable()).isEmpty();
    assertThat(engine.snapshot().getFirst().nodes()).hasSize(2);
  }

  @Test
  void overtakenStateIsInForceWhenTheNewerOneIsAndNotBefore() {
    DesiredFanout a = DesiredFanout.ofNodes(Rig.FANOUT, FanoutSettings.DEFAULT, Rig.addresses("a"));
    Future<Void> first = engine.apply(List.of(a));
    Future<Void> second = engine.apply(List.of(a));
    loop.advance(Duration.ofSeconds(1));
    Future<Void> third = engine.apply(List.of());
    assertThat(List.of(first, second, third)).noneMatch(Future::isDone);

    loop.run();
    assertThat(List.of(first, second, third)).allMatch(Future::isDone);
    assertThat(engine.whyUnavailable()).isEmpty();
  }
}
