package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.EnvelopeSize;
import io.pushfanout.queue.NodeLedger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message too large for an envelope goes by a call, and keeps its place. */
class LargeMessageTest {
  private static final int LARGEST = (4 << 20) - EnvelopeSize.OVERHEAD_BYTES;

  private static String large(String room, int bytes) {
    return room + ":" + "x".repeat(bytes - room.length() - 1);
  }

  /** Returns the first characters of each message that has reached the node. */
  private static List<String> received(Rig rig) {
    return rig.node("a").received.stream()
        .map(body -> body.substring(0, Math.min(3, body.length())))
        .toList();
  }

  @Test
  void theLargestThatFitsIsStreamedAndTheNextIsNot() {
    Rig rig = Rig.streaming(s -> s.workers(2), "a");
    rig.send(large("y", LARGEST));
    assertThat(rig.node("a").unacknowledged()).hasSize(1);
    rig.send(large("z", LARGEST + 1));
    assertThat(rig.node("a").inFlight).hasSize(1);
    assertThat(rig.ledger("a").inFlight()).isEqualTo(2);
    rig.node("a").answerAll();
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  @Test
  void aRoomKeepsItsOrderAndOtherRoomsGoOn() {
    Rig rig = Rig.streaming(s -> s.workers(2), "a");
    rig.sendAll("x:1", large("x", LARGEST + 1), "x:3");
    assertThat(received(rig)).as("waits for what was before it").containsExactly("x:1");
    rig.send("y:1");
    assertThat(received(rig)).containsExactly("x:1", "y:1");

    rig.node("a").streamOf("x:1").acknowledge(1);
    assertThat(received(rig)).containsExactly("x:1", "y:1", "x:x");
    assertThat(rig.node("a").inFlight).hasSize(1);

    rig.node("a").answerOne();
    assertThat(received(rig)).containsExactly("x:1", "y:1", "x:x", "x:3");
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(4);
  }

  @Test
  void withOneWorkerNothingOvertakesIt() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.sendAll("x:1", "y:1", large("z", LARGEST + 1), large("w", LARGEST + 1), "y:2");
    rig.node("a").acknowledgeAll();
    assertThat(received(rig)).containsExactly("x:1", "y:1", "z:x");
    rig.node("a").answerOne();
    assertThat(received(rig)).containsExactly("x:1", "y:1", "z:x", "w:x");
    rig.node("a").answerOne();
    assertThat(received(rig)).containsExactly("x:1", "y:1", "z:x", "w:x", "y:2");
  }

  @Test
  void itIsTriedAgainInItsPlace() {
    Rig rig =
        Rig.streaming(s -> s.workers(1).maxAttempts(2).initialBackoff(Duration.ofMillis(10)), "a");
    rig.sendAll(large("x", LARGEST + 1), "x:2");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    assertThat(received(rig)).containsExactly("x:x");
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(received(rig)).containsExactly("x:x", "x:x");
    rig.node("a").answer(0, StatusCode.UNAVAILABLE);
    assertThat(received(rig)).containsExactly("x:x", "x:x", "x:2");
    assertThat(rig.ledger("a").failed()).containsEntry(StatusCode.UNAVAILABLE, 1L);
  }

  @Test
  void itGoesBackUnusedWhereTheNodeHasNotSeenIt() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.sendAll("x:1", large("x", LARGEST + 1));
    rig.node("a").acknowledgeAll();
    rig.node("a").disconnectUnprocessed();
    assertThat(rig.ledger("a"))
        .extracting(NodeLedger::queued, NodeLedger::inFlight)
        .containsExactly(1, 0);
    rig.node("a").connect();
    rig.loop.advance(Duration.ofSeconds(1));
    rig.node("a").answerOne();
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }

  /** The stream has no message to lose: the worker's message goes by the call. */
  @Test
  void aStreamThatEndsMeanwhileTakesNothingWithIt() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.sendAll("x:1", large("x", LARGEST + 1), "x:3");
    ScriptedStream stream = rig.node("a").streams.getFirst();
    stream.acknowledge(1);
    stream.end(StatusCode.UNAVAILABLE);
    assertThat(rig.ledger("a").failed()).isEmpty();
    rig.node("a").answerOne();
    rig.node("a").acknowledgeAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(3);
  }

  @Test
  void messageThatExpiresInItsPlaceHoldsUpNoOther() {
    Rig rig = Rig.streaming(s -> s.workers(1).messageTtl(Duration.ofSeconds(1)), "a");
    rig.sendAll("x:1", large("x", LARGEST + 1));
    rig.loop.advance(Duration.ofMillis(900));
    rig.send("x:3");
    rig.loop.advance(Duration.ofMillis(500));
    rig.node("a").streams.getFirst().acknowledge(1);
    assertThat(received(rig)).containsExactly("x:1", "x:3");
    assertThat(rig.ledger("a").expired()).isEqualTo(1);
  }

  @Test
  void messageThatTheConnectionDoesNotTakeReturnsToTheQueue() {
    Rig rig = Rig.with(s -> s.workers(1), "a");
    rig.node("a").fault = new OutOfMemoryError("unable to create native thread");
    assertThatThrownBy(() -> rig.send("1")).isInstanceOf(OutOfMemoryError.class);
    rig.send("2");
    assertThat(rig.ledger("a").inFlight()).isEqualTo(1);
    assertThat(received(rig)).containsExactly("1");
    rig.node("a").answerAll();
    assertThat(received(rig)).containsExactly("1", "2");
    assertThat(rig.ledger("a").delivered()).isEqualTo(2);
  }
}
