package io.pushfanout.fanout;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.MessageId;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.MessageIds;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.BroadcastOutcome.DeliveryReceipt;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages that are sent again with their id. */
class MessageIdsTest {
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final long MUCH = 1 << 20;

  private String caller = "";
  private @Nullable Set<NodeAddress> nodes;
  private boolean receipt;

  private static Rig rig(UnaryOperator<SettingsBuilder> settings, String... hosts) {
    return remembering(Rig.with(settings, hosts), WINDOW, MUCH);
  }

  private static Rig remembering(Rig rig, Duration window, long bytes) {
    rig.engine.remember(new MessageIds(window, bytes, rig.loop::nanoTime));
    return rig;
  }

  private Rig.Call send(Rig rig, String id, Payload payload) {
    return rig.call(
        new BroadcastRequest(
            payload,
            new Target.Unnamed(),
            nodes,
            Long.MAX_VALUE,
            receipt,
            new MessageId(caller, id)));
  }

  private Rig.Call send(Rig rig, String id) {
    return send(rig, id, Rig.payload("m"));
  }

  @Test
  void theSameIdEnqueuesOnceAndHasTheFirstReply() {
    Rig rig = rig(s -> s, "a", "b");
    Rig.Call first = send(rig, "1");
    rig.apply(s -> s, "a", "b", "c");
    Rig.Call second = send(rig, "1");
    assertThat(second.outcome()).isEqualTo(first.outcome());
    assertThat(rig.ledger("a").enqueued()).isEqualTo(1);
    assertThat(rig.ledger("c").enqueued()).isZero();
    send(rig, "2");
    assertThat(rig.ledger("a").enqueued()).isEqualTo(2);
  }

  @Test
  void nodesGetTheIdWithEachAttempt() {
    Rig rig = rig(s -> s.maxAttempts(2), "a");
    ScriptedNode node = rig.node("a");
    send(rig, "an-id");
    assertThat(idsOf(node.inFlight)).containsExactly("an-id");

    node.answer(0, StatusCode.UNAVAILABLE);
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(idsOf(node.inFlight)).containsExactly("an-id");
    node.disconnectUnprocessed();
    node.connect();
    assertThat(idsOf(node.inFlight)).containsExactly("an-id");

    rig.send("without");
    assertThat(idsOf(node.inFlight)).containsExactly("an-id", "none");
    assertThat(node.received).hasSize(4);
  }

  @Test
  void nodesGetTheIdWithoutAWindowToo() {
    Rig rig = Rig.with(s -> s, "a");
    send(rig, "an-id");
    assertThat(idsOf(rig.node("a").inFlight)).containsExactly("an-id");
  }

  private static List<String> idsOf(List<QueuedMessage> messages) {
    return messages.stream()
        .map(message -> message.payload().metadata())
        .map(own -> own == null ? "none" : new String(own.values()[0], StandardCharsets.US_ASCII))
        .toList();
  }

  @Test
  void otherBytesOrAnotherMethodUnderTheIdAreRefused() {
    Rig rig = rig(s -> s, "a");
    send(rig, "1");
    assertThat(send(rig, "1", Rig.payload("n")).refusal().reason()).isEqualTo(Reason.ID_TAKEN);
    Payload toRoom = new Payload(Rpc.BROADCAST_TO_ROOM, Rig.payload("m").bytes());
    assertThat(send(rig, "1", toRoom).refusal().reason()).isEqualTo(Reason.ID_TAKEN);
    assertThat(rig.ledger("a").enqueued()).isEqualTo(1);
  }

  @Test
  void eachCallerAndEachListOfNodesHasIdsOfItsOwn() {
    Rig rig = rig(s -> s, "a");
    send(rig, "1");
    caller = "another";
    send(rig, "1");
    nodes = Set.of(Rig.address("a"));
    send(rig, "1");
    assertThat(rig.ledger("a").enqueued()).isEqualTo(3);
  }

  @Test
  void theWindowBeginsWithTheFirstCallAndIsNotProlonged() {
    Rig rig = rig(s -> s, "a");
    send(rig, "1");
    rig.loop.advance(WINDOW.dividedBy(2));
    send(rig, "1");
    assertThat(rig.ledger("a").enqueued()).isEqualTo(1);
    rig.loop.advance(WINDOW.dividedBy(2).plusMillis(1));
    send(rig, "1");
    assertThat(rig.ledger("a").enqueued()).isEqualTo(2);
  }

  @Test
  void whatEnqueuedNothingIsNotRemembered() {
    Rig rig = rig(s -> s.workers(1).queueSize(1), "a");
    rig.sendAll("1", "2");
    assertThat(send(rig, "1").outcome().code()).isEqualTo(Code.DROPPED);
    rig.node("a").answerOne();
    rig.loop.run();
    assertThat(send(rig, "1").outcome().code()).isEqualTo(Code.OK);
  }

  @Test
  void aDoubleOfAHeldCallWaitsForItsReply() {
    Rig rig =
        rig(
            s ->
                s.workers(1)
                    .queueSize(1)
                    .overflowPolicy(OverflowPolicy.BLOCK)
                    .blockTimeout(Duration.ofSeconds(10)),
            "a");
    rig.sendAll("1", "2");
    Rig.Call first = send(rig, "1");
    Rig.Call second = send(rig, "1");
    Rig.Call left = send(rig, "1");
    left.cancel.run();
    assertThat(first.isHeld() && second.isHeld()).isTrue();

    rig.node("a").answerOne();
    rig.loop.run();
    assertThat(first.outcome().code()).isEqualTo(Code.OK);
    assertThat(second.outcome().code()).isEqualTo(Code.OK);
    assertThat(left.isHeld()).as("no result for a caller that has left").isTrue();
    assertThat(rig.ledger("a").enqueued()).isEqualTo(3);
  }

  @Test
  void eachCallerThatWaitsGetsTheEndsOfTheOneEnqueue() {
    Rig rig = rig(s -> s, "a", "b");
    Rig.Call plain = send(rig, "1");
    assertThat(plain.outcome().receipt()).isNull();
    rig.node("a").answerAll();
    rig.loop.run();
    receipt = true;
    Rig.Call second = send(rig, "1");
    Rig.Call third = send(rig, "1");
    assertThat(second.isHeld() && third.isHeld()).isTrue();

    rig.node("b").answerAll();
    rig.loop.run();
    assertThat(second.outcome().receipt()).isEqualTo(new DeliveryReceipt(2, 0, 0));
    assertThat(third.outcome().receipt()).isEqualTo(new DeliveryReceipt(2, 0, 0));
    Rig.Call late = send(rig, "1");
    rig.loop.run();
    assertThat(requireNonNull(late.outcome().receipt()).delivered()).isEqualTo(2);
  }

  @Test
  void theOldestIdsGoFirstWhenTheyTakeTooMuch() {
    Rig rig = remembering(Rig.with(s -> s, "a"), WINDOW, 10_000);
    for (int i = 0; i < 100; i++) {
      send(rig, "id-" + i);
    }
    send(rig, "id-99");
    assertThat(rig.ledger("a").enqueued()).isEqualTo(100);
    send(rig, "id-0");
    assertThat(rig.ledger("a").enqueued()).isEqualTo(101);
  }

  @Test
  void withoutAWindowEachMessageIsEnqueued() {
    Rig rig = remembering(Rig.with(s -> s, "a"), Duration.ZERO, MUCH);
    send(rig, "1");
    send(rig, "1");
    assertThat(rig.ledger("a").enqueued()).isEqualTo(2);
  }
}
