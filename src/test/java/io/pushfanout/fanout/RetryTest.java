package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.StatusCode;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryTest {
  private static final Duration LONGEST_FIRST_BACKOFF = Duration.ofMillis(121);

  private static Rig retrying(int attempts) {
    return Rig.with(s -> s.workers(1).maxAttempts(attempts), "a");
  }

  @Test
  void unavailableAndDeadlineExceededAreTriedAgainAfterABackoff() {
    Rig rig = retrying(3);
    rig.send("1");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    assertThat(rig.node("a").received).hasSize(1);
    assertThat(rig.ledger("a").inFlight()).as("in backoff is in flight").isEqualTo(1);

    rig.loop.advance(Duration.ofMillis(79));
    assertThat(rig.node("a").received).as("not before 80 % of the backoff").hasSize(1);
    rig.loop.advance(Duration.ofMillis(42));
    assertThat(rig.node("a").received).hasSize(2);
    rig.node("a").answer(0, StatusCode.DEADLINE_EXCEEDED);
    rig.loop.advance(Duration.ofMillis(241));
    rig.node("a").answerOne();

    assertThat(rig.ledger("a").delivered()).isEqualTo(1);
    assertThat(rig.ledger("a").failed()).isEmpty();
  }

  @Test
  void theLastAttemptFailsForGood() {
    Rig rig = retrying(2);
    rig.send("1");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    rig.loop.advance(LONGEST_FIRST_BACKOFF);
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 1L));
  }

  @Test
  void otherCodesAreNotTriedAgain() {
    Rig rig = retrying(5);
    rig.send("1");
    rig.node("a").answer(0, StatusCode.INTERNAL);
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.INTERNAL, 1L));
  }

  @Test
  void withOneWorkerTheHeadBlocksUntilItIsDelivered() {
    Rig rig = retrying(3);
    rig.sendAll("1", "2");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    assertThat(rig.node("a").received).containsExactly("1");
    rig.loop.advance(LONGEST_FIRST_BACKOFF);
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "1", "2");
  }

  @Test
  void waitingForAConnectionUsesNoAttempt() {
    Rig rig = retrying(2);
    rig.send("1");
    rig.node("a").disconnect();
    rig.loop.advance(Duration.ofSeconds(20));
    rig.node("a").connect();
    rig.node("a").answerAll();
    assertThat(rig.node("a").received).containsExactly("1", "1");
    assertThat(rig.ledger("a").delivered()).isEqualTo(1);
  }

  @Test
  void ttlEndsTheBackoff() {
    Rig rig =
        Rig.with(
            s ->
                s.maxAttempts(10)
                    .initialBackoff(Duration.ofSeconds(60))
                    .maxBackoff(Duration.ofSeconds(60))
                    .messageTtl(Duration.ofSeconds(2)),
            "a");
    rig.send("1");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    rig.loop.advance(Duration.ofSeconds(3));
    assertThat(rig.ledger("a").expired()).isEqualTo(1);
    assertThat(rig.node("a").received).hasSize(1);
  }

  @Test
  void drainDeadlineEndsTheBackoffAsAFailure() {
    Rig rig =
        Rig.with(
            s ->
                s.maxAttempts(10)
                    .initialBackoff(Duration.ofSeconds(60))
                    .maxBackoff(Duration.ofSeconds(60))
                    .messageTtl(Duration.ZERO)
                    .drainTimeout(Duration.ofSeconds(1)),
            "a");
    rig.send("1");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    rig.apply(s -> s);
    rig.loop.advance(Duration.ofSeconds(2));
    assertThat(rig.node("a").isClosed()).isTrue();
    assertThat(rig.totals.of(Rig.FANOUT).failed(StatusCode.CANCELLED)).isEqualTo(1);
    assertThat(rig.engine.snapshot().getFirst().nodes()).isEmpty();
  }

  @Test
  void retriesThatANodeHasNoRoomForFollowItsAnswers() {
    Rig rig = Rig.with(s -> s.workers(10).maxAttempts(3), "a");
    IntStream.range(0, 10).forEach(i -> rig.send("m" + i));
    for (int i = 0; i < 10; i++) {
      rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    }
    rig.node("a").disconnect();
    rig.node("a").connect(4);
    rig.loop.advance(Duration.ofMillis(200));
    assertThat(rig.node("a").inFlight).hasSize(4);
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(10);
  }
}
