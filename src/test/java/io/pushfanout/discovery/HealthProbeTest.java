package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.FakeLoop;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class HealthProbeTest {
  private static final Duration TICK = Duration.ofMillis(1);

  private final FakeLoop loop = new FakeLoop();
  private final List<CompletableFuture<Void>> questions = new ArrayList<>();
  private final List<Throwable> deaths = new ArrayList<>();
  private final HealthProbe pulse = new HealthProbe(this::ask, loop, deaths::add);

  private CompletableFuture<Void> ask() {
    CompletableFuture<Void> question = new CompletableFuture<>();
    questions.add(question);
    return question;
  }

  @Test
  void itProbesAtOnceThenPausesAfterEachAnswerAndNeverProbesTwiceAtATime() {
    pulse.start();
    assertThat(questions).hasSize(1);
    loop.advance(HealthProbe.LIMIT.minus(TICK));
    assertThat(questions).hasSize(1);

    answers();
    loop.advance(HealthProbe.PAUSE.minus(TICK));
    assertThat(questions).hasSize(1);
    loop.advance(TICK);
    assertThat(questions).hasSize(2);

    for (int i = 0; i < 100; i++) {
      answers();
      loop.advance(HealthProbe.PAUSE);
    }
    assertThat(questions).hasSize(102);
    assertThat(deaths).isEmpty();
  }

  @Test
  void aProbeThatCannotBeSentIsNoSignOfLife() {
    List<Throwable> ends = new ArrayList<>();
    HealthProbe mute =
        new HealthProbe(
            () -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            loop,
            ends::add);
    mute.start();
    assertThat(ends).as("the caller gets it later").isEmpty();
    loop.advance(Duration.ofSeconds(10));

    assertThat(ends).singleElement().isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void aMemberThatFallsSilentIsDeadInLessThanFiveSecondsAndOnlyOnce() {
    pulse.start();
    answers();
    loop.run();

    loop.advance(Duration.ofMillis(4499));
    assertThat(deaths).isEmpty();
    loop.advance(TICK);
    assertThat(deaths).singleElement().isInstanceOf(TimeoutException.class);

    answers();
    loop.advance(Duration.ofMinutes(1));
    assertThat(deaths).hasSize(1);
    assertThat(questions).hasSize(2);
    assertThat(loop.pendingTimers()).isZero();
  }

  @Test
  void aMemberThatRefusesTheProbeIsHealthy() {
    pulse.start();
    questions
        .getLast()
        .completeExceptionally(new IllegalStateException("etcdserver: permission denied"));
    loop.advance(HealthProbe.PAUSE);

    assertThat(questions).hasSize(2);
    assertThat(deaths).isEmpty();
  }

  @Test
  void aMemberThatFailsIsDead() {
    pulse.start();
    ConnectException reset = new ConnectException("reset");
    questions.getLast().completeExceptionally(reset);
    loop.run();

    assertThat(deaths).containsExactly(reset);
    assertThat(loop.pendingTimers()).isZero();
  }

  @Test
  void afterItWasStoppedNothingIsReportedOrProbed() {
    pulse.start();
    pulse.stop();
    questions.getLast().completeExceptionally(new ConnectException("reset"));
    loop.advance(Duration.ofMinutes(1));

    assertThat(deaths).isEmpty();
    assertThat(questions).hasSize(1);
  }

  private void answers() {
    questions.getLast().complete(null);
  }
}
