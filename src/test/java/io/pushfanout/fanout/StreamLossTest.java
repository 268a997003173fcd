package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The messages of a lost stream, and the messages that a node fails. */
class StreamLossTest {
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(121);

  @Test
  void theUnacknowledgedHaveFailed() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.sendAll("1", "2", "3");
    rig.node("a").streams.getFirst().acknowledge(1);
    rig.node("a").streams.getFirst().end(StatusCode.UNAVAILABLE);
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 2L));
    assertThat(rig.ledger("a").delivered()).isEqualTo(1);
  }

  @Test
  void aStreamThatEndsWellLeavesThemUnacknowledgedAllTheSame() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.sendAll("1", "2");
    rig.node("a").streams.getFirst().end(StatusCode.OK);
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 2L));
  }

  @Test
  void nodeThatAcknowledgesAndEndsItsStreamWithMoreUnderWayIsThere() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.sendAll("1", "2", "3", "4", "5");
    rig.node("a").streams.getFirst().acknowledge(1);
    rig.node("a").streams.getFirst().end(StatusCode.OK);

    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 4L));
    assertThat(rig.snapshot("a").connected()).isTrue();
  }

  /** nginx ends a request after 1 MiB of its body. */
  @Test
  void anotherStreamFollowsOneThatHasCarriedHalfAMebibyte() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    String large = "x".repeat(100 << 10);
    for (int i = 0; i < 20; i++) {
      rig.send(i + large);
    }
    for (int i = 0; i < 20; i++) {
      rig.node("a").streams.getFirst().acknowledge(1);
    }

    assertThat(rig.ledger("a").delivered()).isEqualTo(20);
    assertThat(rig.node("a").received).hasSize(20).doesNotHaveDuplicates();
    assertThat(rig.node("a").opened).isEqualTo(4);
  }

  /** Traefik ends a request after 60 s. */
  @Test
  void anotherStreamFollowsOneThatHasLivedForThirtySeconds() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    for (int i = 0; i < 40; i++) {
      rig.send("m" + i);
      rig.node("a").acknowledgeAll();
      rig.loop.advance(Duration.ofSeconds(1));
    }

    assertThat(rig.ledger("a").delivered()).isEqualTo(40);
    assertThat(rig.node("a").opened).isEqualTo(2);
  }

  @Test
  void messagesThatAQuietStreamHadNoRoomForGoOnTheNext() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.send("1");
    rig.node("a").acknowledgeAll();
    rig.loop.advance(Duration.ofMillis(4_900));
    rig.node("a").streams.getFirst().writable = false;
    rig.send("2");
    rig.loop.advance(Duration.ofMillis(200));

    assertThat(rig.node("a").unacknowledged()).containsExactly("2");
  }

  @Test
  void retryableMessagesGoBackInOrderAndTheStreamPauses() {
    Rig rig = Rig.streaming(s -> s.maxAttempts(2), "a");
    rig.send("0");
    rig.node("a").acknowledgeAll();
    rig.sendAll("1", "2", "3");
    rig.node("a").streams.getFirst().end(StatusCode.UNAVAILABLE);
    rig.send("4");
    assertThat(rig.node("a").received).hasSize(4);
    assertThat(rig.ledger("a").queued()).isEqualTo(4);
    rig.loop.advance(Duration.ofMillis(79));
    assertThat(rig.node("a").received).as("not before 80 % of the backoff").hasSize(4);
    rig.loop.advance(Duration.ofMillis(42));
    assertThat(rig.node("a").unacknowledged()).containsExactly("1", "2", "3", "4");

    rig.node("a").streams.getFirst().end(StatusCode.UNAVAILABLE);
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 3L));
    rig.loop.advance(Duration.ofMillis(241));
    assertThat(rig.node("a").unacknowledged()).containsExactly("4");
  }

  @Test
  void aLostStreamHoldsUpItsOwnRoomsOnly() {
    Rig rig = Rig.streaming(s -> s.workers(2).maxAttempts(2), "a");
    rig.sendAll("x:1", "y:1");
    rig.node("a").streamOf("x:1").end(StatusCode.UNAVAILABLE);
    rig.sendAll("x:2", "y:2", "z:1");
    assertThat(rig.node("a").unacknowledged()).containsExactly("y:1", "y:2", "z:1");
    rig.loop.advance(FIRST_BACKOFF);
    assertThat(rig.node("a").streamOf("x:1").unacknowledged()).containsExactly("x:1", "x:2");
  }

  @Test
  void noStreamIsOpenedInThePauseWhichGrowsUntilTheNodeAcknowledgesAgain() {
    Rig rig = Rig.streaming(s -> s.workers(4), "a");
    rig.send("acknowledged");
    rig.node("a").acknowledgeAll();
    rig.send("m0");
    for (int pause = 100; pause <= 400; pause *= 2) {
      rig.node("a").streams.getFirst().end(StatusCode.UNAVAILABLE);
      rig.send("m" + pause);
      rig.loop.advance(Duration.ofMillis(pause * 79 / 100));
      assertThat(rig.node("a").streams).as("in a pause of %d ms", pause).isEmpty();
      rig.loop.advance(Duration.ofMillis(pause * 42 / 100));
      assertThat(rig.node("a").unacknowledged()).containsExactly("m" + pause);
    }
    rig.node("a").acknowledgeAll();
    rig.send("1");
    rig.node("a").streamOf("1").end(StatusCode.UNAVAILABLE);
    rig.send("2");
    rig.loop.advance(FIRST_BACKOFF);
    assertThat(rig.node("a").unacknowledged()).containsExactly("2");
  }

  @Test
  void streamsThatAreLostTogetherAreOneLoss() {
    Rig rig = Rig.streaming(s -> s.workers(4), "a");
    rig.sendAll("x:1", "y:1", "z:1");
    List.copyOf(rig.node("a").streams).forEach(s -> s.end(StatusCode.UNAVAILABLE));
    rig.send("x:2");
    rig.loop.advance(FIRST_BACKOFF);
    assertThat(rig.node("a").unacknowledged()).containsExactly("x:2");
  }

  @Test
  void aStreamThatIsDoneAndEndsIsReplacedAtOnce() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.send("1");
    rig.node("a").acknowledgeAll();
    rig.node("a").streams.getFirst().end(StatusCode.OK);
    rig.send("2");
    assertThat(rig.node("a").unacknowledged()).containsExactly("2");
  }

  @Test
  void missingAcknowledgementEndsTheStream() {
    Rig rig = Rig.streaming(s -> s.rpcTimeout(Duration.ofSeconds(2)), "a");
    rig.send("1");
    rig.loop.advance(Duration.ofMillis(1500));
    rig.send("2");
    ScriptedStream stream = rig.node("a").streams.getFirst();
    rig.loop.advance(Duration.ofMillis(499));
    assertThat(stream.over).isFalse();
    rig.loop.advance(Duration.ofMillis(2));
    assertThat(stream.over).isTrue();
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.DEADLINE_EXCEEDED, 2L));
  }

  @Test
  void eachAcknowledgementGivesTheNextItsOwnTime() {
    Rig rig = Rig.streaming(s -> s.rpcTimeout(Duration.ofSeconds(2)), "a");
    for (int i = 0; i < 10; i++) {
      rig.send("m" + i);
      rig.loop.advance(Duration.ofMillis(900));
      if (i > 0) {
        rig.node("a").streams.getFirst().acknowledge(1);
      }
    }
    assertThat(rig.ledger("a").delivered()).isEqualTo(9);
    assertThat(rig.ledger("a").failed()).isEmpty();
  }

  @Test
  void aShorterTimeoutHoldsForLaterMessages() {
    Rig rig = Rig.streaming(s -> s.rpcTimeout(Duration.ofMinutes(10)), "a");
    rig.send("1");
    rig.apply(s -> s.rpcTimeout(Duration.ofSeconds(1)), "a");
    rig.loop.advance(Duration.ofSeconds(5));
    assertThat(rig.ledger("a").inFlight()).isEqualTo(1);
    rig.send("2");
    rig.loop.advance(Duration.ofMillis(1001));
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.DEADLINE_EXCEEDED, 2L));
  }

  @Test
  void theTimerIsOneForAll() {
    Rig rig = Rig.streaming(s -> s.workers(4), "a");
    int before = rig.loop.pendingTimers();
    rig.sendAll("x:1", "y:1", "z:1", "x:2", "y:2", "z:2");
    assertThat(rig.loop.pendingTimers())
        .as("one for the deadlines, one that looks for quiet streams")
        .isEqualTo(before + 2);
  }

  @Test
  void messagesTheNodeNeverProcessedGoBackAndUseNoAttempt() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.sendAll("1", "2");
    rig.node("a").streams.getFirst().refuse();
    rig.loop.advance(FIRST_BACKOFF);
    assertThat(rig.node("a").unacknowledged()).containsExactly("1", "2");
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void unsentMessagesGoBackWhenTheConnectionBreaks() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.send("1");
    rig.node("a").streams.getFirst().writable = false;
    rig.sendAll("2", "3");
    rig.node("a").disconnect();
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.UNAVAILABLE, 1L));
    rig.node("a").connect();
    assertThat(rig.node("a").unacknowledged()).containsExactly("2", "3");
  }

  @Test
  void aConnectionThatBreaksSendsTheUnacknowledgedAgainInOrderWhereRetryAllows() {
    Rig rig = Rig.streaming(s -> s.workers(3).maxAttempts(2), "a");
    rig.sendAll("x:1", "y:1", "x:2", "z:1");
    rig.node("a").disconnect();
    assertThat(rig.ledger("a").queued()).isEqualTo(4);
    rig.send("x:3");
    rig.node("a").connect();
    assertThat(rig.node("a").streamOf("x:1").unacknowledged()).containsExactly("x:1", "x:2", "x:3");
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(5);
  }

  @Test
  void aMessageThatFailsHasFailedAlone() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.sendAll("1", "2", "3");
    rig.node("a")
        .streams
        .getFirst()
        .acknowledge(3, List.of(new DeliveryFailure(1, StatusCode.INVALID_ARGUMENT, "no proto")));
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
    assertThat(rig.ledger("a").failed()).isEqualTo(Map.of(StatusCode.INVALID_ARGUMENT, 1L));
  }

  @Test
  void aMessageThatMayBeTriedAgainHoldsUpItsRoomUntilThen() {
    Rig rig = Rig.streaming(s -> s.workers(2).maxAttempts(2), "a");
    rig.sendAll("x:1", "x:2", "x:3", "y:1");
    rig.node("a")
        .streamOf("x:1")
        .acknowledge(
            2,
            List.of(
                new DeliveryFailure(0, StatusCode.UNAVAILABLE, "busy"),
                new DeliveryFailure(1, StatusCode.UNAVAILABLE, "busy")));
    rig.sendAll("x:4", "y:2");
    assertThat(rig.ledger("a").inFlight()).as("in backoff is in flight").isEqualTo(5);
    assertThat(rig.node("a").unacknowledged()).containsExactlyInAnyOrder("x:3", "y:1", "y:2");
    rig.loop.advance(FIRST_BACKOFF);
    assertThat(rig.node("a").streamOf("x:3").unacknowledged())
        .containsExactly("x:3", "x:1", "x:2", "x:4");
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(6);
  }

  @Test
  void aMessageInBackoffWhoseStreamGoesAwayIsSentOnAnother() {
    Rig rig = Rig.streaming(s -> s.maxAttempts(3), "a");
    rig.sendAll("1", "2");
    rig.node("a")
        .streams
        .getFirst()
        .acknowledge(1, List.of(new DeliveryFailure(0, StatusCode.UNAVAILABLE, "busy")));
    rig.node("a").disconnect();
    rig.node("a").connect();
    rig.loop.advance(FIRST_BACKOFF);
    assertThat(rig.node("a").unacknowledged()).containsExactly("1", "2");
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void drainingWaitsForAcknowledgementsAndCutsOffAfterItsTime() {
    Rig rig = Rig.streaming(s -> s.deliveryWindow(2).drainTimeout(Duration.ofSeconds(1)), "a", "b");
    rig.sendAll("1", "2", "3");
    rig.apply(s -> s.deliveryWindow(2).drainTimeout(Duration.ofSeconds(1)));
    rig.node("a").acknowledgeAll();
    rig.loop.advance(Duration.ofSeconds(2));
    assertThat(rig.node("a").isClosed()).isTrue();
    assertThat(rig.node("b").isClosed()).isTrue();
    FanoutTotals totals = rig.totals.of(Rig.FANOUT);
    assertThat(totals.delivered()).isEqualTo(3);
    assertThat(totals.failed(StatusCode.CANCELLED)).isEqualTo(2);
    assertThat(totals.dropped(DropReason.RETIRED)).isEqualTo(1);
  }

  @Test
  void drainingCutsOffMessagesInBackoff() {
    Rig rig =
        Rig.streaming(
            s ->
                s.maxAttempts(3)
                    .initialBackoff(Duration.ofMinutes(1))
                    .maxBackoff(Duration.ofMinutes(1))
                    .drainTimeout(Duration.ofSeconds(1)),
            "a");
    rig.send("1");
    rig.node("a")
        .streams
        .getFirst()
        .acknowledge(1, List.of(new DeliveryFailure(0, StatusCode.UNAVAILABLE, "busy")));
    rig.apply(s -> s);
    rig.loop.advance(Duration.ofSeconds(2));
    assertThat(rig.node("a").isClosed()).isTrue();
    assertThat(rig.totals.of(Rig.FANOUT).failed(StatusCode.CANCELLED)).isEqualTo(1);
  }

  @Test
  void aFinishedStreamThatTheNodeNeverEndsIsReset() {
    Rig rig = Rig.streaming(s -> s.rpcTimeout(Duration.ofSeconds(1)), "a");
    rig.send("1");
    ScriptedStream stream = rig.node("a").streams.getFirst();
    stream.endsWhenFinished = false;
    rig.node("a").acknowledgeAll();
    rig.node("a").leave();
    assertThat(stream.finished).isTrue();
    assertThat(stream.over).isFalse();
    rig.loop.advance(Duration.ofMillis(1001));
    assertThat(stream.over).isTrue();
    assertThat(rig.ledger("a").delivered()).isEqualTo(1);
  }
}
