package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DesiredStateTest {
  private static final Trouble AWAY = new Trouble(false, "Connection refused");

  private final Rig rig = new Rig();
  private final DesiredState desired = new DesiredState(rig.engine, rig.loop, rig.loop::nanoTime);

  @RegisterExtension private final LoggedLines lines = new LoggedLines(NodeFilter.class);

  DesiredStateTest() {
    desired.start();
  }

  private static FanoutSpec etcd(String service) {
    return FanoutSpec.of(
        Rig.FANOUT, FanoutSettings.DEFAULT, new Discovery.Etcd(service, Duration.ofSeconds(30)));
  }

  private void specs(FanoutSpec... specs) {
    desired.specs(List.of(specs));
    rig.loop.run();
  }

  private void registered(String service, String... hosts) {
    hand(service, new Registrations(Rig.addresses(hosts), List.of(), Set.of(), null));
  }

  private void hand(String service, Registrations registrations) {
    desired.registrations(service, registrations);
    rig.loop.run();
  }

  private FanoutSnapshot snapshot() {
    return rig.engine.snapshot().getFirst();
  }

  @Test
  void untilItsServiceIsAnsweredAFanoutIsUnavailable() {
    specs(etcd("chat"));
    assertThat(rig.send("1").refusal().reason()).isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
    registered("chat");
    assertThat(rig.send("1").outcome().code()).isEqualTo(Code.NO_NODES);
    registered("chat", "a", "b");
    assertThat(rig.send("1").outcome().nodes()).isEqualTo(2);
  }

  @Test
  void registrationsThatComeBeforeTheSpecsAreKeptForThem() {
    registered("chat", "a");
    assertThat(rig.send("1").refusal().reason()).isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
    specs(etcd("chat"));
    assertThat(rig.send("1").outcome().nodes()).isEqualTo(1);
  }

  @Test
  void staticNodesDoNotWaitForASource() {
    specs(
        FanoutSpec.of(
            Rig.FANOUT, FanoutSettings.DEFAULT, new Discovery.Static(Rig.addresses("a"))));
    assertThat(rig.send("1").outcome().nodes()).isEqualTo(1);
  }

  @Test
  void unansweredServiceOfOneFanoutDoesNotKeepAnotherFromServing() {
    FanoutName other = new FanoutName("default", "other");
    specs(
        etcd("chat"),
        FanoutSpec.of(other, FanoutSettings.DEFAULT, new Discovery.Static(Rig.addresses("a"))));
    assertThat(rig.send("1", new BroadcastRequest.Target.Named(other)).outcome().nodes())
        .isEqualTo(1);
    assertThat(rig.send("1", new BroadcastRequest.Target.All()).refusal().reason())
        .isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
  }

  @Test
  void announcedNodeIsDialledAtOnce() {
    specs(etcd("chat"));
    registered("chat", "a");
    hand("chat", new Registrations(Rig.addresses("a"), List.of(), Rig.addresses("a"), null));
    assertThat(rig.node("a").reconnects).isEqualTo(1);
  }

  @Test
  void connectedNodesThatVanishTogetherStayUntilThePeriodIsOver() {
    specs(etcd("chat"));
    registered("chat", "a", "b", "c");
    List.of("a", "b", "c").forEach(host -> rig.node(host).connect());
    registered("chat");
    assertThat(rig.send("1").outcome().accepted()).isEqualTo(3);
    assertThat(rig.engine.snapshot().getFirst().problems())
        .extracting(Problem::reason)
        .containsOnly(ProblemReason.REMOVAL_PAUSED);

    rig.node("b").disconnect();
    rig.loop.advance(Duration.ofMillis(300));
    assertThat(rig.send("2").outcome().nodes()).isEqualTo(2);
    rig.loop.advance(Duration.ofSeconds(30));
    assertThat(rig.send("3").outcome().code()).isEqualTo(Code.NO_NODES);
  }

  @Test
  void snapshotShowsWhetherTheSourceHasAnsweredAndWhetherItIsLost() {
    specs(etcd("chat"));
    assertThat(snapshot().discovered()).isFalse();
    assertThat(snapshot().degraded()).isFalse();

    registered("chat", "a");
    assertThat(snapshot().discovered()).isTrue();
    assertThat(snapshot().degraded()).isFalse();

    hand("chat", new Registrations(Rig.addresses("a"), List.of(), Set.of(), AWAY));
    assertThat(snapshot().discovered()).isTrue();
    assertThat(snapshot().degraded()).isTrue();
  }

  @Test
  void staticNodesAreKnownAndNeverDegraded() {
    specs(
        FanoutSpec.of(
            Rig.FANOUT, FanoutSettings.DEFAULT, new Discovery.Static(Rig.addresses("a"))));
    assertThat(snapshot().discovered()).isTrue();
    assertThat(snapshot().degraded()).isFalse();
  }

  @Test
  void sourcesProblemsAreInTheStatus() {
    specs(etcd("chat"));
    hand(
        "chat",
        new Registrations(
            Rig.addresses("a"),
            List.of(new Registrations.Malformed("/services/chat/x", "not host:port")),
            Set.of(),
            AWAY));
    assertThat(rig.engine.snapshot().getFirst().problems())
        .extracting(Problem::reason)
        .containsExactly(ProblemReason.DISCOVERY_DEGRADED, ProblemReason.MALFORMED_REGISTRATION);
  }

  @Test
  void reasonForAMissingListIsInTheReplyAndAProblem() {
    specs(etcd("chat"));
    desired.unanswered("chat", new Trouble(true, "permission denied"));
    rig.loop.run();

    String why = "the registrations of service chat cannot be read from etcd: permission denied";
    assertThat(rig.engine.whyUnavailable())
        .contains("the nodes of fanout %s are not known yet: %s".formatted(Rig.FANOUT, why));
    assertThat(snapshot().discovered()).isFalse();
    assertThat(snapshot().problems())
        .containsExactly(new Problem("", ProblemReason.DISCOVERY_REFUSED, why));

    registered("chat", "a");
    assertThat(rig.engine.whyUnavailable()).isEmpty();
    assertThat(snapshot().problems()).isEmpty();

    desired.unanswered("chat", AWAY);
    rig.loop.run();
    assertThat(rig.engine.whyUnavailable()).as("what is known stays").isEmpty();
  }

  @Test
  void anExcusedFanoutHoldsUpNoReadinessAndGetsNoBroadcast() {
    rig.engine.excuseBy(Rig.FANOUT::equals);
    specs(etcd("chat"));

    assertThat(rig.engine.whyUnavailable()).isEmpty();
    assertThat(rig.send("1").refusal().reason()).isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
  }

  @Test
  void badAddressCostsNeitherItsNeighboursNorTheFanout() {
    desired.refuse(node -> node.host().equals("self") ? Optional.of("it is us") : Optional.empty());
    Problem problem = new Problem("self:1", ProblemReason.NODE_REFUSED, "it is us");
    specs(
        FanoutSpec.of(
            Rig.FANOUT, FanoutSettings.DEFAULT, new Discovery.Static(Rig.addresses("a", "self"))));
    assertThat(rig.send("1").outcome().nodes()).isEqualTo(1);
    assertThat(snapshot().problems()).containsExactly(problem);
    assertThat(rig.everOpened).hasSize(1);

    specs(etcd("chat"));
    registered("chat", "self", "b", "c");
    registered("chat", "self", "b");
    assertThat(rig.send("2").outcome().nodes()).isEqualTo(2 - 1);
    assertThat(snapshot().problems()).containsExactly(problem);
    assertThat(lines.all())
        .containsExactly("WARN fanout default/default: refused node self:1: it is us");

    registered("chat", "b");
    assertThat(snapshot().problems()).isEmpty();
    registered("chat", "b", "self");
    assertThat(lines.all()).as("it has come again").hasSize(2);
  }
}
