package io.pushfanout.fanout;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.BroadcastOutcome.DeliveryReceipt;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers that wait for the ends of their deliveries. */
class ReceiptsTest {
  private static Rig.Call send(Rig rig, Duration timeout) {
    long deadline = timeout.isZero() ? Long.MAX_VALUE : rig.loop.nanoTime() + timeout.toNanos();
    return rig.call(
        new BroadcastRequest(Rig.payload("m"), new Target.Unnamed(), null, deadline, true, null));
  }

  private static Rig.Call send(Rig rig) {
    return send(rig, Duration.ZERO);
  }

  @ParameterizedTest
  @EnumSource(OverflowPolicy.class)
  void theReplyComesWithTheLastDelivery(OverflowPolicy policy) {
    Rig rig = Rig.with(s -> s.overflowPolicy(policy), "a", "b");
    Rig.Call call = send(rig);
    rig.node("a").answerAll();
    rig.loop.run();
    assertThat(call.isHeld()).isTrue();

    rig.node("b").answerAll();
    rig.loop.run();
    assertThat(call.outcome().code()).isEqualTo(Code.OK);
    assertThat(call.outcome().receipt()).isEqualTo(new DeliveryReceipt(2, 0, 0));
  }

  @Test
  void streamsEndDeliveriesToo() {
    Rig rig = Rig.streaming(s -> s, "a", "b");
    Rig.Call call = send(rig);
    rig.node("a").acknowledgeAll();
    rig.node("b").acknowledgeAll();
    rig.loop.run();
    assertThat(call.outcome().receipt()).isEqualTo(new DeliveryReceipt(2, 0, 0));
  }

  @Test
  void failedExpiredAndDroppedDeliveriesAreFailed() {
    Rig rig =
        Rig.with(
            s ->
                s.workers(1)
                    .queueSize(1)
                    .messageTtl(Duration.ofSeconds(5))
                    .overflowPolicy(OverflowPolicy.DROP_OLDEST),
            "failing",
            "expiring",
            "evicting");
    Rig.Call first = send(rig);
    Rig.Call second = send(rig);
    rig.node("failing").answer(0, StatusCode.INTERNAL);
    rig.node("failing").answer(0, StatusCode.INTERNAL);
    rig.node("evicting").answerOne();
    rig.loop.run();
    // The node that evicts has the second in flight: a third and a fourth push each other out.
    Rig.Call third = send(rig);
    Rig.Call fourth = send(rig);
    rig.loop.advance(Duration.ofSeconds(6));
    List.of("failing", "expiring", "evicting").forEach(host -> rig.node(host).answerAll());
    rig.loop.advance(Duration.ofSeconds(1));

    for (Rig.Call call : List.of(first, second, third, fourth)) {
      DeliveryReceipt receipt = requireNonNull(call.outcome().receipt());
      assertThat(receipt.pending()).isZero();
      assertThat(receipt.delivered() + receipt.failed()).isEqualTo(call.outcome().accepted());
    }
    assertThat(first.outcome().receipt()).isEqualTo(new DeliveryReceipt(2, 1, 0));
  }

  @Test
  void theWaitEndsALittleBeforeTheDeadlineWithTheRestPending() {
    Rig rig = Rig.with(s -> s, "a", "b");
    Rig.Call call = send(rig, Duration.ofSeconds(2));
    rig.node("a").answerAll();
    rig.loop.advance(Duration.ofMillis(1_850));
    assertThat(call.isHeld()).isTrue();

    rig.loop.advance(Duration.ofMillis(100));
    assertThat(call.outcome().receipt()).isEqualTo(new DeliveryReceipt(1, 0, 1));
    rig.node("b").answerAll();
    rig.loop.run();
    assertThat(rig.ledger("b").delivered()).isEqualTo(1);
  }

  @Test
  void withoutADeadlineTheWaitEndsAfterAMinute() {
    Rig rig = Rig.with(s -> s.rpcTimeout(Duration.ofMinutes(5)), "a");
    Rig.Call call = send(rig);
    rig.loop.advance(Duration.ofSeconds(59));
    assertThat(call.isHeld()).isTrue();

    rig.loop.advance(Duration.ofSeconds(2));
    assertThat(call.outcome().receipt()).isEqualTo(new DeliveryReceipt(0, 0, 1));
  }

  @Test
  void aBroadcastThatNoQueueTakesHasAReceiptOfNothing() {
    Rig rig = Rig.with(s -> s.workers(1).queueSize(1), "a");
    rig.sendAll("1", "2");
    Rig.Call call = send(rig);
    assertThat(call.outcome().code()).isEqualTo(Code.DROPPED);
    assertThat(call.outcome().receipt()).isEqualTo(new DeliveryReceipt(0, 0, 0));
  }

  @Test
  void aHeldOfferThatIsDecidedAfterTheWaitEndsItAtOnce() {
    Rig rig =
        Rig.with(
            s ->
                s.workers(1)
                    .queueSize(1)
                    .overflowPolicy(OverflowPolicy.BLOCK)
                    .blockTimeout(Duration.ofSeconds(10)),
            "a");
    rig.sendAll("1", "2");
    Rig.Call call = send(rig, Duration.ofSeconds(2));
    rig.loop.advance(Duration.ofMillis(1_950));
    assertThat(call.outcome().dropped()).isEqualTo(1);
    assertThat(call.outcome().receipt()).isEqualTo(new DeliveryReceipt(0, 0, 0));
  }

  @Test
  void aCallerThatLeavesGivesItsPlaceBack() {
    Rig rig = Rig.with(s -> s.queueSize(100_000).rpcTimeout(Duration.ofMinutes(5)), "a");
    List<Rig.Call> calls = new ArrayList<>();
    Rig.Call call = send(rig);
    while (call.isHeld() && calls.size() < 10_000) {
      calls.add(call);
      call = send(rig);
    }
    assertThat(call.refusal().reason()).isEqualTo(BroadcastResult.Reason.LIMITED);
    assertThat(call.refusal().retryAfter()).isPositive();
    long enqueued = rig.ledger("a").enqueued();
    assertThat(enqueued).isEqualTo(calls.size());

    calls.getFirst().cancel.run();
    assertThat(send(rig).isHeld()).isTrue();
    assertThat(calls.getFirst().isHeld()).as("no result for a caller that has left").isTrue();
  }

  @Test
  void nodesThatAreNotConnectedAreWaitedFor() {
    Rig rig = Rig.with(s -> s, "a");
    rig.apply(s -> s, "a", "b");
    Rig.Call plain = rig.send("1");
    assertThat(plain.outcome().accepted()).isEqualTo(2);
    assertThat(plain.outcome().waiting()).isEqualTo(1);

    rig.node("b").connect();
    assertThat(rig.send("2").outcome().waiting()).isZero();
  }
}
