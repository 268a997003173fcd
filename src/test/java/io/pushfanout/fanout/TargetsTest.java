package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Routes;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.plan.Discovered;
import io.pushfanout.plan.NodeSettings;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private static final FanoutName GAMES = new FanoutName("prod", "games");
  private static final FanoutName CHAT = new FanoutName("prod", "chat");

  private static Rig twoFanouts() {
    Rig rig = new Rig();
    rig.apply(Rig.fanout(GAMES, s -> s, "a", "b"), Rig.fanout(CHAT, s -> s, "c"));
    return rig;
  }

  @Test
  void beforeTheFirstDesiredStateBroadcastsAreUnavailable() {
    Rig rig = new Rig();
    assertThat(rig.send("1").refusal().reason()).isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
    assertThat(rig.totals.noFanout().broadcasts(CallOutcome.UNAVAILABLE)).isEqualTo(1);
  }

  @Test
  void noFanoutAtAllIsNoNodes() {
    Rig rig = new Rig();
    rig.apply(new DesiredFanout[0]);
    assertThat(rig.send("1").outcome().code()).isEqualTo(Code.NO_NODES);
    assertThat(rig.send("1", Rig.addresses("a")).outcome().code()).isEqualTo(Code.NO_NODES);
    assertThat(rig.totals.noFanout().broadcasts(CallOutcome.NO_NODES)).isEqualTo(2);
  }

  @Test
  void fanoutWithoutNodesIsNoNodes() {
    Rig rig = new Rig();
    rig.apply(Rig.fanout(GAMES, s -> s));
    assertThat(rig.send("1").outcome().code()).isEqualTo(Code.NO_NODES);
    assertThat(rig.totals.of(GAMES).broadcasts(CallOutcome.NO_NODES)).isEqualTo(1);
  }

  @Test
  void withTwoFanoutsATargetMustBeNamed() {
    assertThat(twoFanouts().send("1").refusal().reason())
        .isEqualTo(BroadcastResult.Reason.TARGET_REQUIRED);
  }

  @Test
  void theDefaultMayBeAll() {
    Rig.Call call = withDefault(twoFanouts(), new Target.All());

    assertThat(call.outcome().nodes()).isEqualTo(2);
  }

  @Test
  void aFanoutThatIsNotKnownIsUnavailableWithTheReason() {
    Rig rig = new Rig();
    rig.engine.explainBy(fanout -> Optional.of("etcd is away"));
    rig.apply(
        new DesiredFanout(
            CHAT,
            1,
            Instant.EPOCH,
            new NodeSettings(FanoutSettings.DEFAULT, List.of()),
            Discovered.nothingYet(List.of())));

    assertThat(rig.send("1").refusal().message())
        .isEqualTo("the nodes of fanout " + CHAT + " are not known yet: etcd is away");
  }

  @Test
  void defaultTargetIsUsedWhereNoneIsNamed() {
    Rig rig = twoFanouts();
    Rig.Call call = withDefault(rig, new Target.Named(CHAT));

    assertThat(call.outcome().nodes()).isEqualTo(1);
    assertThat(rig.totals.of(CHAT).enqueued()).isEqualTo(1);
  }

  private static Rig.Call withDefault(Rig rig, Target defaultTarget) {
    FanoutEngine engine =
        new FanoutEngine(
            (_, _, tls, listener) -> new ScriptedNode(rig.loop, tls, listener),
            rig.totals,
            rig.memory,
            new RoomIndex(1000),
            rig.loop,
            rig.loop::nanoTime,
            defaultTarget);
    engine.apply(List.of(Rig.fanout(GAMES, s -> s, "a"), Rig.fanout(CHAT, s -> s, "b")));
    rig.loop.run();
    Rig.Call call = new Rig.Call();
    engine
        .broadcaster()
        .broadcast(
            new BroadcastRequest(Rig.payload("1"), new Target.Unnamed(), null, Long.MAX_VALUE),
            result -> call.result = result);
    return call;
  }

  @Test
  void namedTargetReachesItsNodesOnly() {
    Rig rig = twoFanouts();
    assertThat(rig.send("1", new Target.Named(GAMES)).outcome().nodes()).isEqualTo(2);
    assertThat(rig.ledger("c").enqueued()).isZero();
    assertThat(rig.send("1", new Target.All()).outcome().nodes()).isEqualTo(3);
  }

  @Test
  void unknownTargetIsRefused() {
    assertThat(
            twoFanouts()
                .send("1", new Target.Named(new FanoutName("prod", "none")))
                .refusal()
                .reason())
        .isEqualTo(BroadcastResult.Reason.UNKNOWN_TARGET);
  }

  @Test
  void unknownNodesCountAsDropped() {
    Rig rig = new Rig();
    rig.apply(s -> s, "a", "b", "c");
    var outcome = rig.send("1", Rig.addresses("b", "x")).outcome();
    assertThat(outcome.code()).isEqualTo(Code.PARTIAL);
    assertThat(outcome.nodes()).isEqualTo(2);
    assertThat(outcome.droppedNodes()).containsExactly("x:1");
    assertThat(rig.ledger("a").enqueued()).isZero();
    assertThat(rig.ledger("b").enqueued()).isEqualTo(1);
    assertThat(rig.totals.of(Rig.FANOUT).broadcasts(CallOutcome.PARTIAL)).isEqualTo(1);
  }

  @Test
  void nodeThatLeavesDuringABroadcastCountsAsDroppedOnlyIfItWasNamed() {
    for (OverflowPolicy policy : OverflowPolicy.values()) {
      Rig rig = Rig.with(s -> s.overflowPolicy(policy), "a", "b");
      Routes found = rig.routes();
      rig.apply(s -> s.overflowPolicy(policy), "b");

      assertThat(rig.offerTo(found, "1").outcome().code()).as("%s", policy).isEqualTo(Code.OK);
      var outcome = rig.offerTo(found, "2", Rig.addresses("a", "b")).outcome();
      assertThat(outcome.droppedNodes()).as("%s", policy).containsExactly("a:1");
      assertThat(outcome.accepted()).as("%s", policy).isEqualTo(1);
    }
  }

  @Test
  void onlyUnknownNodesIsDropped() {
    Rig rig = new Rig();
    rig.apply(s -> s, "a");
    assertThat(rig.send("1", Rig.addresses("x", "y")).outcome().code()).isEqualTo(Code.DROPPED);
    assertThat(rig.totals.of(Rig.FANOUT).broadcasts(CallOutcome.DROPPED)).isEqualTo(1);
  }

  @Test
  void theFirstHundredDroppedNodesAreNamed() {
    Rig rig = new Rig();
    String[] hosts = new String[150];
    for (int i = 0; i < hosts.length; i++) {
      hosts[i] = "n" + i;
    }
    rig.apply(s -> s.queueSize(1), hosts);
    rig.send("1");
    var outcome = rig.send("2").outcome();
    assertThat(outcome.dropped()).isEqualTo(150);
    assertThat(outcome.droppedNodes()).hasSize(100);
  }
}
