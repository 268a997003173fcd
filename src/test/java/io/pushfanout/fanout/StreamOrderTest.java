package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The choice of a stream for each message, and its time. */
class StreamOrderTest {
  @Test
  void aRoomStaysOnItsStreamWhileItHasUnacknowledgedMessages() {
    Rig rig = Rig.streaming(s -> s.workers(3), "a");
    rig.sendAll("x:1", "y:1", "x:2", "z:1", "y:2");
    ScriptedNode node = rig.node("a");
    assertThat(node.streams).hasSize(3);
    assertThat(node.streamOf("x:1").unacknowledged()).containsExactly("x:1", "x:2");
    assertThat(node.streamOf("y:1").unacknowledged()).containsExactly("y:1", "y:2");
    assertThat(node.streamOf("z:1").unacknowledged()).containsExactly("z:1");
  }

  @Test
  void noRoomCountsAsOne() {
    Rig rig = Rig.streaming(s -> s.workers(3), "a");
    rig.sendAll("1", "2", "3");
    assertThat(rig.node("a").streams)
        .singleElement()
        .satisfies(s -> assertThat(s.unacknowledged()).containsExactly("1", "2", "3"));
  }

  @Test
  void aWindowHoldsItsNumberOfMessagesAndTheRestWaits() {
    Rig rig = Rig.streaming(s -> s.workers(2).deliveryWindow(3).queueSize(2), "a");
    List<Rig.Call> calls = IntStream.range(0, 6).mapToObj(i -> rig.send("m" + i)).toList();
    assertThat(rig.node("a").unacknowledged()).containsExactly("m0", "m1", "m2");
    assertThat(rig.ledger("a"))
        .extracting(NodeLedger::inFlight, NodeLedger::queued)
        .containsExactly(3, 2);
    assertThat(calls.getLast().outcome().dropped()).isEqualTo(1);

    rig.node("a").streams.getFirst().acknowledge(1);
    assertThat(rig.node("a").unacknowledged()).containsExactly("m1", "m2", "m3");
  }

  @Test
  void aRoomWhoseStreamIsFullHoldsUpNoOther() {
    Rig rig = Rig.streaming(s -> s.workers(2).deliveryWindow(2), "a");
    rig.sendAll("x:1", "x:2", "x:3", "x:4", "y:1");
    assertThat(rig.node("a").unacknowledged()).containsExactlyInAnyOrder("x:1", "x:2", "y:1");
    rig.node("a").streamOf("x:1").acknowledge(2);
    assertThat(rig.node("a").unacknowledged()).contains("x:3", "x:4", "y:1");
  }

  @Test
  void withOneWorkerAllKeepTheirOrder() {
    Rig rig = Rig.streaming(s -> s.workers(1).deliveryWindow(2), "a");
    rig.sendAll("x:1", "x:2", "x:3", "y:1", "x:4");
    while (!rig.node("a").streams.getFirst().unacknowledged().isEmpty()) {
      rig.node("a").streams.getFirst().acknowledge(1);
    }
    assertThat(rig.node("a").received).containsExactly("x:1", "x:2", "x:3", "y:1", "x:4");
  }

  @Test
  void aStreamThatIsToGoFinishesWhatItHasAndItsRoomsWaitForThat() {
    Rig rig = Rig.streaming(s -> s.workers(2), "a");
    rig.sendAll("x:1", "y:1", "x:2", "y:2");
    ScriptedStream second = rig.node("a").streamOf("y:1");
    rig.apply(s -> s.workers(1), "a");
    assertThat(second.finished).as("it has unacknowledged ones").isFalse();
    rig.sendAll("y:3");
    assertThat(rig.node("a").unacknowledged()).doesNotContain("y:3");

    second.acknowledge(1);
    assertThat(rig.node("a").unacknowledged()).doesNotContain("y:3");
    second.acknowledge(1);
    assertThat(second.finished).isTrue();
    assertThat(rig.node("a").streams)
        .singleElement()
        .satisfies(s -> assertThat(s.unacknowledged()).containsExactly("x:1", "x:2", "y:3"));
  }

  @Test
  void moreWorkersStartAtOnceAndASmallerWindowFills() {
    Rig rig = Rig.streaming(s -> s.workers(1).deliveryWindow(2), "a");
    rig.sendAll("x:1", "x:2", "y:1", "y:2", "y:3");
    rig.apply(s -> s.workers(2).deliveryWindow(2), "a");
    assertThat(rig.node("a").streamOf("y:1").unacknowledged()).containsExactly("y:1", "y:2");

    rig.apply(s -> s.workers(2).deliveryWindow(1), "a");
    rig.node("a").streamOf("y:1").acknowledge(1);
    assertThat(rig.node("a").unacknowledged()).as("one is as many as it takes").hasSize(3);
    rig.node("a").streamOf("y:2").acknowledge(1);
    assertThat(rig.node("a").unacknowledged()).contains("y:3");
  }

  @Test
  void aRoomWithUnacknowledgedMessagesOnTheOldConnectionWaits() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.sendAll("x:1", "x:2");
    ScriptedStream old = rig.node("a").streamOf("x:1");
    rig.node("a").replace();
    rig.sendAll("x:3", "y:1");
    assertThat(rig.node("a").streamOf("y:1").unacknowledged()).containsExactly("y:1");
    assertThat(rig.node("a").unacknowledged()).doesNotContain("x:3");
    old.acknowledge(2);
    assertThat(old.finished).isTrue();
    assertThat(rig.node("a").unacknowledged()).contains("x:3");
  }

  @Test
  void idleStreamsOfAConnectionThatIsReplacedAreFinished() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.send("x:1");
    rig.node("a").acknowledgeAll();
    ScriptedStream idle = rig.node("a").streams.getFirst();
    rig.node("a").leave();
    assertThat(idle.finished).isTrue();
  }

  @Test
  void messagesGrantedTogetherAreOneRequest() {
    Rig rig = Rig.streaming(s -> s, "a");
    for (int i = 0; i < 5; i++) {
      rig.engine
          .broadcaster()
          .broadcast(
              new BroadcastRequest(
                  Rig.payload("m" + i), new BroadcastRequest.Target.All(), null, Long.MAX_VALUE),
              _ -> {});
    }
    rig.node("a").flushes = 0;
    rig.loop.run();
    assertThat(rig.node("a").streams.getFirst().batches).containsExactly(5);
    assertThat(rig.node("a").flushes).isEqualTo(1);
  }

  @Test
  void aRequestIsFilledUpToItsRoomOrHasOneMessage() {
    Rig rig = Rig.streaming(s -> s, "a");
    rig.send("0");
    ScriptedStream stream = rig.node("a").streams.getFirst();
    stream.writable = false;
    String large = "x".repeat(600);
    rig.sendAll(large, large, "x".repeat(1200), "s", "t");
    stream.room = 1000;
    stream.becomeWritable();
    assertThat(stream.batches).containsExactly(1, 1, 1, 1, 2);
  }

  @Test
  void largeMessagesCountByTheirBytesToo() {
    Rig rig = Rig.streaming(s -> s, "a");
    String large = "x".repeat(1 << 20);
    rig.sendAll(large, large, large, large, large);
    assertThat(rig.ledger("a"))
        .extracting(NodeLedger::inFlight, NodeLedger::queued)
        .containsExactly(4, 1);
    rig.node("a").streams.getFirst().acknowledge(1);
    assertThat(rig.ledger("a").inFlight()).isEqualTo(4);
  }

  @Test
  void messagesThatCannotBeWrittenExpire() {
    Rig rig = Rig.streaming(s -> s.messageTtl(Duration.ofSeconds(1)), "a");
    rig.send("0");
    ScriptedStream stream = rig.node("a").streams.getFirst();
    stream.writable = false;
    rig.sendAll("1", "2");
    rig.loop.advance(Duration.ofSeconds(2));
    assertThat(rig.ledger("a").expired()).isEqualTo(2);
    rig.send("3");
    stream.becomeWritable();
    assertThat(rig.node("a").received).containsExactly("0", "3");
  }

  @Test
  void theOldestIsEvictedWhetherItWasSkippedOrNot() {
    Rig rig =
        Rig.streaming(
            s ->
                s.workers(2)
                    .deliveryWindow(1)
                    .queueSize(2)
                    .overflowPolicy(OverflowPolicy.DROP_OLDEST),
            "a");
    rig.sendAll("x:1", "y:1", "x:2", "y:2", "x:3", "x:4");
    assertThat(rig.ledger("a").droppedAfterEnqueue()).isEqualTo(2);
    rig.node("a").acknowledgeAll();
    assertThat(rig.node("a").received)
        .containsExactlyInAnyOrder("x:1", "y:1", "x:3", "x:4")
        .containsSubsequence("x:1", "x:3", "x:4");
  }

  @Test
  void aNodeThatAllowsFewStreamsGetsFew() {
    Rig rig = new Rig();
    rig.streaming = StatusCode.OK;
    rig.apply(s -> s.workers(8), "a");
    rig.node("a").connect(2);
    rig.sendAll("x:1", "y:1", "z:1", "w:1");
    assertThat(rig.node("a").streams).hasSize(2);
    assertThat(rig.node("a").unacknowledged()).hasSize(4);
  }

  @Test
  void withOneWorkerNothingOvertakesTheMessagesOfTheOldConnection() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.send("x:1");
    ScriptedStream old = rig.node("a").streamOf("x:1");
    rig.node("a").replace();
    rig.send("y:1");
    assertThat(rig.node("a").received).containsExactly("x:1");
    old.acknowledge(1);
    assertThat(rig.node("a").received).containsExactly("x:1", "y:1");
  }

  @Test
  void withOneWorkerAndRetryTheHeadBlocks() {
    Rig rig = Rig.streaming(s -> s.workers(1).maxAttempts(2), "a");
    rig.sendAll("x:1", "y:1");
    assertThat(rig.node("a").unacknowledged()).containsExactly("x:1");
    rig.node("a").streamOf("x:1").acknowledge(1, List.of(busy()));
    assertThat(rig.node("a").unacknowledged()).as("while it waits for its next attempt").isEmpty();
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(rig.node("a").unacknowledged()).containsExactly("x:1");
    rig.node("a").acknowledgeAll();
    assertThat(rig.node("a").received).containsExactly("x:1", "x:1", "y:1");
  }

  private static DeliveryFailure busy() {
    return new DeliveryFailure(0, StatusCode.UNAVAILABLE, "busy");
  }

  @Test
  void streamsThatANodeAllowsNoLongerAreFinished() {
    Rig rig = Rig.streaming(s -> s.workers(3), "a");
    rig.sendAll("x:1", "y:1", "z:1");
    rig.node("a").acknowledgeAll();
    assertThat(rig.node("a").streams).hasSize(3);
    rig.node("a").allow(1);
    assertThat(rig.node("a").streams).as("the others are idle").hasSize(1);
  }

  @Test
  void offerHeldBehindACancelledOneIsSentAtOnce() {
    Rig rig =
        Rig.streaming(
            s ->
                s.workers(2)
                    .deliveryWindow(1)
                    .queueSize(1)
                    .overflowPolicy(OverflowPolicy.BLOCK)
                    .blockTimeout(Duration.ofSeconds(2)),
            "a");
    rig.sendAll("x:1", "x:2");
    Rig.Call first = rig.send("x:3");
    rig.loop.advance(Duration.ofSeconds(1));
    Rig.Call second = rig.send("y:1");
    assertThat(second.isHeld()).isTrue();
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(first.outcome().dropped()).isEqualTo(1);
    assertThat(second.outcome().accepted()).isEqualTo(1);
    assertThat(rig.node("a").unacknowledged()).containsExactlyInAnyOrder("x:1", "y:1");
  }
}
