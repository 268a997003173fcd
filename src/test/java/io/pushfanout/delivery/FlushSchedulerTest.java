package io.pushfanout.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.FanoutSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlushSchedulerTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofMillis(50);

  private final FakeLoop loop = new FakeLoop();
  private final List<Long> begun = new ArrayList<>();
  private final FlushScheduler starts = scheduler(FanoutSettings.DEFAULT.deliveryLinger());

  private FlushScheduler scheduler(Duration linger) {
    return new FlushScheduler(loop, loop::nanoTime, linger, () -> begun.add(loop.nanoTime()));
  }

  /** Returns a scheduler with a message at this moment, for which the next would wait. */
  private FlushScheduler busy(Duration linger) {
    FlushScheduler busy = scheduler(linger);
    busy.soon();
    loop.run();
    begun.clear();
    return busy;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 50})
  void theFirstMessageBeginsAtOnce(int millis) {
    scheduler(Duration.ofMillis(millis)).soon();
    loop.run();
    assertThat(begun).containsExactly(loop.nanoTime());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 50})
  void rareMessagesBeginAtOnce(int millis) {
    Duration linger = Duration.ofMillis(millis);
    FlushScheduler starts = scheduler(linger);
    for (int i = 0; i < 5; i++) {
      starts.soon();
      loop.run();
      assertThat(begun).hasSize(i + 1).last().isEqualTo(loop.nanoTime());
      loop.advance(linger.dividedBy(2));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 50})
  void messagesThatFollowCloselyBeginTogetherAtTheNextTick(int millis) {
    Duration linger = Duration.ofMillis(millis);
    FlushScheduler starts = scheduler(linger);
    for (int i = 0; i < 40; i++) {
      starts.soon();
      loop.advance(linger.dividedBy(4));
    }
    assertThat(begun).hasSizeBetween(10, 12);
    assertThat(begun.subList(1, begun.size()))
        .allSatisfy(at -> assertThat(at % linger.toNanos()).isZero());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 50})
  void noMessageWaitsLongerThanTheLinger(int millis) {
    Duration linger = Duration.ofMillis(millis);
    loop.advance(Duration.ofNanos(123_456));
    FlushScheduler starts = busy(linger);
    loop.advance(linger.dividedBy(2).minusNanos(1));
    long came = loop.nanoTime();
    starts.soon();
    loop.advance(linger);
    assertThat(begun).hasSize(1);
    assertThat(begun.getFirst() - came).isBetween(1L, linger.toNanos());
  }

  @Test
  void withoutLingerEachMessageBeginsInTheNextTurn() {
    FlushScheduler starts = scheduler(NONE);
    for (int i = 0; i < 5; i++) {
      starts.soon();
      loop.run();
      assertThat(begun).hasSize(i + 1).last().isEqualTo(loop.nanoTime());
      loop.advance(Duration.ofNanos(i));
    }
    assertThat(loop.pendingTimers()).isZero();
  }

  /** A clock is behind on a thread whose step began before. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50})
  void aMessageBeginsThoughItsClockIsBehindTheLastStart(int millis) {
    Duration linger = Duration.ofMillis(millis);
    long[] behind = {0};
    FlushScheduler starts =
        new FlushScheduler(
            loop, () -> loop.nanoTime() - behind[0], linger, () -> begun.add(loop.nanoTime()));
    starts.soon();
    loop.run();
    starts.soon();
    loop.advance(linger);
    assertThat(begun).hasSize(2);
    behind[0] = 1;
    starts.soon();
    loop.advance(linger);
    assertThat(begun).hasSize(3);
  }

  @Test
  void nodesOfOneLingerHaveTheSameTicks() {
    FlushScheduler one = busy(LONG);
    loop.advance(Duration.ofMillis(7));
    FlushScheduler other = busy(LONG);
    one.soon();
    other.soon();
    loop.advance(LONG);
    assertThat(begun).hasSize(2);
    assertThat(begun.getFirst()).isEqualTo(begun.getLast());
  }

  @Test
  void aStartAtOnceTakesWaitingMessagesAlong() {
    starts.soon();
    loop.run();
    starts.soon();
    starts.now();
    loop.run();
    assertThat(begun).hasSize(2);
    loop.advance(SHORT);
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

  @Test
  void aTickHasOneTimerHoweverOftenItsMessagesLeaveBefore() {
    FlushScheduler starts = busy(LONG);
    for (int i = 0; i < 10; i++) {
      starts.soon();
      starts.now();
      loop.advance(Duration.ofMillis(1));
    }
    assertThat(begun).hasSize(10);
    assertThat(loop.pendingTimers()).isEqualTo(1);

    starts.soon();
    loop.advance(LONG);
    assertThat(begun).hasSize(11);
    starts.soon();
    loop.advance(LONG);
    assertThat(begun).as("the next tick has its own").hasSize(12);
  }

  @Test
  void anExpeditedMessageBeginsAtOnceAndNothingElseDoes() {
    FlushScheduler starts = busy(LONG);
    starts.expedite();
    loop.run();
    assertThat(begun).as("nothing waits").isEmpty();

    starts.soon();
    starts.expedite();
    loop.run();
    assertThat(begun).containsExactly(loop.nanoTime());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void aShorterLingerHoldsForTheNextMessageAndStartsThoseThatWait(int millis) {
    Duration shorter = Duration.ofMillis(millis);
    FlushScheduler starts = busy(LONG);
    loop.advance(Duration.ofMillis(10));
    starts.soon();

    starts.linger(shorter);
    loop.run();
    assertThat(begun).containsExactly(loop.nanoTime());

    long came = loop.nanoTime();
    starts.soon();
    loop.advance(shorter);
    assertThat(begun).hasSize(2);
    assertThat(begun.getLast() - came).isBetween(0L, shorter.toNanos());
  }

  @Test
  void aLongerLingerHoldsForTheNextMessageAndStartsThoseThatWait() {
    FlushScheduler starts = busy(SHORT);
    starts.soon();

    starts.linger(LONG);
    loop.run();
    assertThat(begun).containsExactly(loop.nanoTime());

    loop.advance(Duration.ofMillis(24));
    starts.soon();
    loop.advance(Duration.ofMillis(2));
    assertThat(begun).as("it is no longer rare").hasSize(1);
    loop.advance(LONG);
    assertThat(begun).hasSize(2);
    assertThat(begun.getLast() % LONG.toNanos()).isZero();
  }

  @Test
  void anUnchangedLingerLetsMessagesWait() {
    FlushScheduler starts = busy(LONG);
    starts.soon();
    starts.linger(LONG);
    loop.run();
    assertThat(begun).isEmpty();
  }

  @Test
  void aChangeWhileAMessageComesLeavesNoneToTheOldLinger() {
    List<FlushScheduler> changing = new ArrayList<>();
    FlushScheduler starts =
        new FlushScheduler(
            loop,
            () -> {
              changing.forEach(scheduler -> scheduler.linger(SHORT));
              return loop.nanoTime();
            },
            LONG,
            () -> begun.add(loop.nanoTime()));
    starts.soon();
    loop.run();
    changing.add(starts);
    starts.soon();
    loop.run();
    assertThat(begun).hasSize(2).last().isEqualTo(loop.nanoTime());
  }

  @Test
  void aLingerThatChangesBackAndForthLosesNoMessage() {
    FlushScheduler starts = busy(LONG);
    Duration[] lingers = {SHORT, LONG, NONE, Duration.ofMillis(4), LONG};
    for (int i = 0; i < 200; i++) {
      starts.linger(lingers[i % lingers.length]);
      loop.advance(Duration.ofNanos(i * 7_919L));
      starts.soon();
      long came = loop.nanoTime();
      begun.clear();
      loop.advance(i % 3 == 0 ? Duration.ofMillis(2) : LONG);
      starts.linger(lingers[(i + 1) % lingers.length]);
      loop.run();
      assertThat(begun).as("message %d", i).isNotEmpty();
      assertThat(begun.getFirst() - came).isBetween(0L, LONG.toNanos());
    }
  }
}
