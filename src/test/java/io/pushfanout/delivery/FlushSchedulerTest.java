package io.pushfanout.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlushSchedulerTest {
  private static final Duration TICK = Duration.ofNanos(FlushScheduler.TICK_NANOS);
  private static final Duration CLOSE = TICK.dividedBy(4);
  private static final Duration RARE = TICK.dividedBy(2);

  private final FakeLoop loop = new FakeLoop();
  private final List<Long> begun = new ArrayList<>();
  private final FlushScheduler starts =
      new FlushScheduler(loop, loop::nanoTime, () -> begun.add(loop.nanoTime()));

  @Test
  void theFirstMessageBeginsAtOnce() {
    starts.soon();
    loop.run();
    assertThat(begun).containsExactly(loop.nanoTime());
  }

  @Test
  void rareMessagesBeginAtOnce() {
    for (int i = 0; i < 5; i++) {
      starts.soon();
      loop.run();
      assertThat(begun).hasSize(i + 1).last().isEqualTo(loop.nanoTime());
      loop.advance(RARE);
    }
  }

  @Test
  void messagesThatFollowCloselyBeginTogetherAtTheNextTick() {
    for (int i = 0; i < 40; i++) {
      starts.soon();
      loop.advance(CLOSE);
    }
    assertThat(begun).hasSizeBetween(10, 12);
    assertThat(begun.subList(1, begun.size()))
        .allSatisfy(at -> assertThat(at % FlushScheduler.TICK_NANOS).isZero());
  }

  @Test
  void noMessageWaitsLongerThanATick() {
    loop.advance(Duration.ofNanos(123_456));
    starts.soon();
    loop.advance(CLOSE);
    long came = loop.nanoTime();
    starts.soon();
    loop.advance(TICK);
    assertThat(begun).hasSize(2).last().satisfies(at -> assertThat(at - came).isPositive());
    assertThat(begun.getLast() - came).isLessThanOrEqualTo(FlushScheduler.TICK_NANOS);
  }

  @Test
  void aStartAtOnceTakesWaitingMessagesAlong() {
    starts.soon();
    loop.run();
    starts.soon();
    starts.now();
    loop.run();
    assertThat(begun).hasSize(2);
    loop.advance(TICK);
    assertThat(begun).as("nothing is left for the tick").hasSize(2);
  }

  @Test
  void manyGrantsAreOneBeginning() {
    starts.now();
    starts.now();
    starts.soon();
    loop.run();
    assertThat(begun).hasSize(1);
  }
}
