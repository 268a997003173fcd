package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.model.SettingsBuilder;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Messages that follow each other closely, and the wait that gathers them. */
class LingerTest {
  private static final Duration LINGER = Duration.ofMillis(4);

  private static UnaryOperator<SettingsBuilder> linger(Duration linger) {
    return s -> s.deliveryLinger(linger);
  }

  /** Lets a first message leave, which makes the next ones close. */
  private static void begin(Rig rig) {
    offer(rig, "first");
    assertThat(rig.node("a").received).containsExactly("first");
    rig.node("a").received.clear();
    rig.node("a").flushes = 0;
  }

  /** Broadcasts, and runs the loop without time going by. */
  private static void offer(Rig rig, String body) {
    rig.engine
        .broadcaster()
        .broadcast(
            new BroadcastRequest(Rig.payload(body), new Target.All(), null, Long.MAX_VALUE),
            _ -> {});
    rig.loop.run();
  }

  /** Broadcasts a message in each of the next three milliseconds. */
  private static void offerThree(Rig rig) {
    for (int i = 0; i < 3; i++) {
      rig.loop.advance(Duration.ofMillis(1));
      offer(rig, "m" + i);
    }
  }

  @Test
  void callsOfOneTickAreOneFlush() {
    Rig rig = Rig.with(linger(LINGER), "a");
    begin(rig);
    offerThree(rig);
    assertThat(rig.node("a").received).isEmpty();

    rig.loop.advance(Duration.ofMillis(1));
    assertThat(rig.node("a").received).containsExactly("m0", "m1", "m2");
    assertThat(rig.node("a").flushes).isEqualTo(1);
  }

  @Test
  void messagesOfOneTickAreOneRequestOfAStream() {
    Rig rig = Rig.streaming(linger(LINGER), "a");
    begin(rig);
    offerThree(rig);
    rig.loop.advance(Duration.ofMillis(1));
    assertThat(rig.node("a").streams.getFirst().batches).containsExactly(1, 3);
    assertThat(rig.node("a").flushes).isEqualTo(1);
  }

  @Test
  void withoutLingerEachMessageIsAFlush() {
    Rig rig = Rig.with(linger(Duration.ZERO), "a");
    begin(rig);
    offer(rig, "m0");
    offer(rig, "m1");
    assertThat(rig.node("a").received).containsExactly("m0", "m1");
    assertThat(rig.node("a").flushes).isEqualTo(2);
  }

  @Test
  void aChangeHoldsForTheNextMessage() {
    Rig rig = Rig.with(linger(Duration.ofMillis(50)), "a");
    begin(rig);
    offer(rig, "waits");
    assertThat(rig.node("a").received).isEmpty();

    rig.apply(linger(Duration.ZERO), "a");
    assertThat(rig.node("a").received).containsExactly("waits");
    offer(rig, "next");
    assertThat(rig.node("a").received).containsExactly("waits", "next");

    rig.apply(linger(LINGER), "a");
    offer(rig, "last");
    assertThat(rig.node("a").received).hasSize(2);
    rig.loop.advance(LINGER);
    assertThat(rig.node("a").received).containsExactly("waits", "next", "last");
    rig.node("a").answerAll();
    assertThat(rig.ledger("a").delivered()).isEqualTo(4);
  }

  @Test
  void aBurstThatWouldFillTheQueueLeavesBefore() {
    Rig rig = Rig.with(s -> s.deliveryLinger(Duration.ofMillis(50)).workers(3).queueSize(4), "a");
    begin(rig);
    for (int i = 0; i < 3; i++) {
      offer(rig, "m" + i);
    }
    assertThat(rig.node("a").received).as("one message waits for a worker").isEmpty();
    offer(rig, "m3");
    assertThat(rig.node("a").received).containsExactly("m0", "m1");
  }

  @Test
  void theShortestTtlLastsForTheLongestLinger() {
    Rig rig =
        Rig.with(
            s -> s.deliveryLinger(Duration.ofMillis(50)).messageTtl(Duration.ofMillis(1)), "a");
    begin(rig);
    offer(rig, "m");
    rig.loop.advance(Duration.ofMillis(50));
    assertThat(rig.node("a").received).containsExactly("m");
  }

  @Test
  void aRetiredNodeGetsTheMessagesThatWait() {
    Rig rig = Rig.with(linger(Duration.ofMillis(50)), "a", "b");
    begin(rig);
    offer(rig, "m");
    rig.apply(linger(Duration.ofMillis(50)), "b");
    rig.loop.advance(Duration.ofMillis(50));
    assertThat(rig.node("a").received).containsExactly("m");
  }
}
