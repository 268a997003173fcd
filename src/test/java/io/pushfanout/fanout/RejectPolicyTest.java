package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.SettingsBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RejectPolicyTest {

  private static SettingsBuilder rejecting(SettingsBuilder settings) {
    return settings.workers(1).queueSize(1).queueBytes(1024).overflowPolicy(OverflowPolicy.REJECT);
  }

  /** Makes node a with one message in flight and a full queue, and node b with room. */
  private static Rig oneOfTwoFull() {
    Rig rig = Rig.with(RejectPolicyTest::rejecting, "a", "b");
    rig.sendAll("1", "2");
    rig.node("b").answerAll();
    return rig;
  }

  @Test
  void oneFullNodeVetoesForAllAndNothingIsEnqueued() {
    Rig rig = oneOfTwoFull();
    BroadcastResult.Refused refused = rig.send("3").refusal();

    assertThat(refused.reason()).isEqualTo(BroadcastResult.Reason.REJECTED);
    assertThat(refused.retryAfter()).isPositive();
    assertThat(rig.ledger("b").enqueued()).isEqualTo(2);
    assertThat(rig.ledger("a").dropped()).isEqualTo(Map.of(DropReason.QUEUE_FULL, 1L));
    assertThat(rig.ledger("b").dropped()).isEqualTo(Map.of(DropReason.QUEUE_FULL, 1L));
    assertThat(rig.totals.of(Rig.FANOUT).broadcasts(CallOutcome.REJECTED)).isEqualTo(1);
  }

  @Test
  void reservedRoomIsFreed() {
    Rig rig = oneOfTwoFull();
    for (int i = 0; i < 5; i++) {
      rig.send("rejected");
    }
    rig.node("a").answerAll();
    assertThat(rig.send("3").outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.send("4").outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.send("5").result).isInstanceOf(BroadcastResult.Refused.class);
  }

  @Test
  void unconnectedNodeTakesItIfItHasRoomAndNeverVetoes() {
    Rig rig = Rig.with(RejectPolicyTest::rejecting, "a", "b");
    rig.node("b").disconnect();
    assertThat(rig.send("1").outcome().code()).isEqualTo(Code.OK);
    assertThat(rig.ledger("b").queued()).isEqualTo(1);

    var outcome = rig.send("2").outcome();
    assertThat(outcome.code()).isEqualTo(Code.PARTIAL);
    assertThat(outcome.droppedNodes()).containsExactly("b:1");
  }

  @Test
  void messageTooLargeForAQueueIsRefusedWithoutAHintToRetry() {
    Rig rig = Rig.with(RejectPolicyTest::rejecting, "a");
    BroadcastResult.Refused refused = rig.send("x".repeat(1025)).refusal();
    assertThat(refused.retryAfter()).isNull();
    assertThat(refused.message()).contains("queueBytes");
    assertThat(rig.ledger("a").dropped()).isEqualTo(Map.of(DropReason.TOO_LARGE, 1L));
  }

  @Test
  void refusingFanoutCountsAsDroppedWhereAnotherTakesTheMessage() {
    FanoutName other = new FanoutName("default", "other");
    Rig rig = new Rig();
    rig.apply(
        Rig.fanout(Rig.FANOUT, RejectPolicyTest::rejecting, "a", "b"),
        Rig.fanout(other, s -> s, "c"));
    rig.node("a").connect();
    rig.node("b").connect();
    rig.node("c").connect();
    rig.send("1", new Target.Named(Rig.FANOUT));
    rig.send("2", new Target.Named(Rig.FANOUT));

    var outcome = rig.send("3", new Target.All()).outcome();

    assertThat(outcome.code()).isEqualTo(Code.PARTIAL);
    assertThat(outcome.accepted()).isEqualTo(1);
    assertThat(outcome.droppedNodes()).containsExactly("a:1", "b:1");
    assertThat(rig.totals.of(Rig.FANOUT).broadcasts(CallOutcome.REJECTED)).isEqualTo(1);
    assertThat(rig.totals.of(other).broadcasts(CallOutcome.OK)).isEqualTo(1);
  }
}
