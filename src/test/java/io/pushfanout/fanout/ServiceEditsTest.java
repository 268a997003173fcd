package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeState;
import io.pushfanout.plan.Registrations;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Edits of the services of fanouts while both have connected nodes: nodes of one source are no
 * evidence about another.
 */
class ServiceEditsTest {
  private static final FanoutName LIVE = FanoutName.parse("prod/live");
  private static final FanoutName TEST = FanoutName.parse("prod/test");
  private static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");
  private static final String[] BLUE = {"b1", "b2", "b3", "b4", "b5"};
  private static final String[] GREEN = {"g1", "g2", "g3"};

  private final Rig rig = new Rig();
  private final DesiredState desired = new DesiredState(rig.engine, rig.loop, rig.loop::nanoTime);

  @BeforeEach
  void connect() {
    desired.start();
    specs(etcd(LIVE, "blue"), etcd(TEST, "green"));
    registered("blue", BLUE);
    registered("green", GREEN);
    Arrays.stream(BLUE).forEach(host -> rig.node(host).connect());
    Arrays.stream(GREEN).forEach(host -> rig.node(host).connect());
    rig.loop.advance(Duration.ofSeconds(5));
    is(LIVE, BLUE);
    is(TEST, GREEN);
  }

  @Test
  void swappedServicesAreSwappedAtOnceAndNoNodeIsKept() {
    specs(etcd(LIVE, "green"), etcd(TEST, "blue"));

    is(LIVE, GREEN);
    is(TEST, BLUE);
    assertThat(rig.everOpened).as("each goes on with its client").hasSize(8);
  }

  @Test
  void fanoutThatTakesTheServiceOfAnotherKeepsNoOldNodes() {
    specs(etcd(LIVE, "green"), etcd(TEST, "green"));

    is(LIVE, GREEN);
    assertThat(members(TEST)).isEmpty();
    assertThat(snapshot(TEST).conflicts())
        .singleElement()
        .satisfies(c -> assertThat(c.winner()).isEqualTo(LIVE));
    assertThat(rig.send("x", named(LIVE)).outcome().nodes()).isEqualTo(3);
  }

  @Test
  void aServiceThatIsNotKnownYetIsUnavailableAndTheOldNodesGoAtOnce() {
    specs(etcd(LIVE, "new"), etcd(TEST, "green"));
    assertThat(rig.send("x", named(LIVE)).refusal().reason())
        .isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
    assertThat(snapshot(LIVE).discovered()).isFalse();
    assertThat(members(LIVE)).isEmpty();

    registered("new", "n1");
    is(LIVE, "n1");
  }

  @Test
  void anEditBackServesThePresentNodesAndKeepsNoOthers() {
    specs(etcd(LIVE, "green"), etcd(TEST, "blue"));
    registered("blue", "b1");
    is(TEST, BLUE); // The fanout's own nodes, of which four have just gone.
    specs(etcd(LIVE, "blue"), etcd(TEST, "green"));

    is(LIVE, "b1");
    is(TEST, GREEN);
  }

  @Test
  void anEditBackBeforeTheNextCheckIsNoEdit() {
    desired.specs(List.of(etcd(LIVE, "green"), etcd(TEST, "blue")));
    desired.specs(List.of(etcd(LIVE, "blue"), etcd(TEST, "green")));
    rig.loop.run();

    is(LIVE, BLUE);
    is(TEST, GREEN);
  }

  @Test
  void anEditOfThePeriodForgetsNothing() {
    registered("blue");
    is(LIVE, BLUE);
    specs(
        spec(LIVE, CREATED, new Discovery.Etcd("blue", Duration.ofMinutes(5))),
        etcd(TEST, "green"));
    rig.loop.advance(Duration.ofSeconds(60));

    is(LIVE, BLUE);
  }

  @Test
  void nodesThatRegisterForTheOtherServiceInsteadHaveMovedAndAreNotKept() {
    registered("green", "g1", "g2", "g3", "b1", "b2", "b3");
    registered("blue", "b4");

    is(LIVE, "b4", "b5");
    assertThat(members(TEST)).contains("b1", "b2", "b3");
  }

  @Test
  void aForgottenServiceIsUnknownToItsNextReader() {
    specs(etcd(TEST, "green"));
    desired.forget("blue");
    rig.loop.advance(Duration.ofHours(5));

    specs(
        spec(LIVE, CREATED.plusSeconds(18_000), new Discovery.Etcd("blue", Duration.ofSeconds(30))),
        etcd(TEST, "green"));
    assertThat(rig.send("x", named(LIVE)).refusal().reason())
        .isEqualTo(BroadcastResult.Reason.UNAVAILABLE);
    assertThat(snapshot(LIVE).discovered()).isFalse();
    is(TEST, GREEN);

    registered("blue", "b2");
    is(LIVE, "b2");
  }

  @Test
  void aForgottenServiceThatIsStillNeededIsReadAgain() {
    desired.forget("blue");
    rig.loop.run();
    assertThat(snapshot(LIVE).discovered()).isFalse();
    assertThat(members(LIVE)).isEmpty();

    registered("blue", "b1");
    is(LIVE, "b1");
  }

  @Test
  void anotherFanoutOfTheNameKeepsNoneOfTheFirstOnesNodes() {
    registered("blue");
    is(LIVE, BLUE);
    specs(
        spec(LIVE, CREATED.plusSeconds(60), new Discovery.Etcd("blue", Duration.ofSeconds(30))),
        etcd(TEST, "green"));

    assertThat(members(LIVE)).isEmpty();
  }

  private void specs(FanoutSpec... specs) {
    desired.specs(List.of(specs));
    rig.loop.run();
  }

  private void registered(String service, String... hosts) {
    desired.registrations(
        service, new Registrations(Rig.addresses(hosts), List.of(), Set.of(), null));
    rig.loop.run();
  }

  private void is(FanoutName fanout, String... hosts) {
    assertThat(members(fanout)).containsExactlyInAnyOrder(hosts);
    assertThat(rig.send("x", named(fanout)).outcome().nodes()).isEqualTo(hosts.length);
  }

  private Set<String> members(FanoutName fanout) {
    return snapshot(fanout).nodes().stream()
        .filter(node -> node.state() != NodeState.RETIRING)
        .map(node -> node.address().host())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private FanoutSnapshot snapshot(FanoutName fanout) {
    return rig.engine.snapshot().stream()
        .filter(one -> one.name().equals(fanout))
        .findFirst()
        .orElseThrow();
  }

  private static BroadcastRequest.Target named(FanoutName fanout) {
    return new BroadcastRequest.Target.Named(fanout);
  }

  private static FanoutSpec etcd(FanoutName name, String service) {
    return spec(name, CREATED, new Discovery.Etcd(service, Duration.ofSeconds(30)));
  }

  private static FanoutSpec spec(FanoutName name, Instant created, Discovery discovery) {
    return new FanoutSpec(name, 1, created, FanoutSettings.DEFAULT, List.of(), discovery);
  }
}
