package io.pushfanout.fanout;

import static io.pushfanout.fanout.ScriptedRooms.room;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.interest.RoomUpdate;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.BroadcastOutcome.Code;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutSettings.DeliveryInterest;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A room's messages go to the nodes that hold the room, and to each node in doubt. */
class RoomRoutingTest {
  private Rig rig = new Rig();

  private void start(UnaryOperator<SettingsBuilder> settings, String... hosts) {
    rig.apply(settings, hosts);
    for (String host : hosts) {
      rig.node(host).listsRooms = true;
      rig.node(host).connect();
    }
    rig.loop.advance(Duration.ofMillis(100));
  }

  private ScriptedRooms rooms(String host) {
    return rig.node(host).rooms.getLast();
  }

  private BroadcastOutcome send(String body, String to) {
    return send(body, to, null);
  }

  private BroadcastOutcome send(String body, String to, @Nullable Set<NodeAddress> nodes) {
    return rig.call(
            new BroadcastRequest(
                Rig.payload(body),
                room(to),
                new Target.Unnamed(),
                nodes,
                Long.MAX_VALUE,
                false,
                null,
                null,
                null))
        .outcome();
  }

  private Routing routing(String host) {
    return node(host).routing();
  }

  private NodeSnapshot node(String host) {
    return rig.engine.snapshot().getFirst().nodes().stream()
        .filter(node -> node.address().equals(Rig.address(host)))
        .findFirst()
        .orElseThrow();
  }

  private List<ProblemReason> troubles(String host) {
    return node(host).troubles().stream().map(trouble -> trouble.reason()).toList();
  }

  @Test
  void aRoomsMessageGoesToTheNodesThatHoldIt() {
    start(s -> s, "a", "b", "c");
    rooms("a").list("red", "blue");
    rooms("b").list("blue");
    assertThat(rooms("a").applied).containsExactly(1L);
    assertThat(routing("a")).isEqualTo(Routing.ROUTED);
    assertThat(node("a").rooms()).isEqualTo(2);

    BroadcastOutcome outcome = send("1", "red");
    assertThat(outcome.accepted()).as("c has no listing").isEqualTo(2);
    assertThat(outcome.skipped()).isEqualTo(1);
    assertThat(outcome.code()).isEqualTo(Code.OK);
    rooms("c").list();
    assertThat(send("2", "blue").accepted()).isEqualTo(2);
    assertThat(rig.send("3").outcome().accepted()).as("a message of no room").isEqualTo(3);

    assertThat(rig.node("a").received).containsExactly("1", "2", "3");
    assertThat(rig.node("b").received).containsExactly("2", "3");
    assertThat(rig.node("c").received).containsExactly("1", "3");
    assertThat(rig.totals.of(Rig.FANOUT).skipped()).isEqualTo(2);
  }

  @Test
  void aRoomThatNobodyHoldsIsNoLoss() {
    start(s -> s, "a", "b");
    rooms("a").list("red");
    rooms("b").list();
    BroadcastOutcome outcome = send("1", "green");
    assertThat(outcome.code()).isEqualTo(Code.OK);
    assertThat(outcome.nodes()).isZero();
    assertThat(outcome.skipped()).isEqualTo(2);
    assertThat(rig.totals.of(Rig.FANOUT).broadcasts(CallOutcome.OK)).isEqualTo(1);
  }

  @Test
  void aNodeGetsEverythingFromAResetUntilItsListingIsWhole() {
    start(s -> s, "a");
    rooms("a").begin("red");
    assertThat(send("1", "blue").accepted()).isEqualTo(1);
    rooms("a").join("green");
    rooms("a").complete();
    assertThat(send("2", "blue").accepted()).isZero();
    assertThat(send("3", "green").accepted()).isEqualTo(1);
    rooms("a").begin();
    assertThat(send("4", "blue").accepted()).isEqualTo(1);
    rooms("a").complete();
    assertThat(send("5", "red").accepted()).as("forgotten by the reset").isZero();
    assertThat(rooms("a").applied).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void roomsAreJoinedAndLeft() {
    start(s -> s, "a", "b");
    rooms("a").list();
    rooms("b").list("red");
    rooms("a").join("red");
    assertThat(send("1", "red").accepted()).isEqualTo(2);
    rooms("b").leave("red", "never");
    assertThat(send("2", "red").accepted()).isEqualTo(1);
    rooms("a").update(new RoomUpdate(3, false, List.of(room("red")), List.of(room("red")), false));
    assertThat(send("3", "red").accepted()).as("leave, then join").isEqualTo(1);
    assertThat(node("b").rooms()).isZero();
  }

  @Test
  void aLostStreamIsOpenedAgainAndTheNodeGetsEverythingMeanwhile() {
    start(s -> s, "a");
    rooms("a").list("red");
    rooms("a").end(StatusCode.UNAVAILABLE);
    assertThat(send("1", "blue").accepted()).isEqualTo(1);
    rig.loop.advance(Duration.ofMillis(100));
    assertThat(rig.node("a").rooms).hasSize(2);
    assertThat(send("2", "blue").accepted()).isEqualTo(1);
    rooms("a").list("green");
    assertThat(send("3", "blue").accepted()).isZero();
    assertThat(send("4", "red").accepted()).isZero();
    assertThat(send("5", "green").accepted()).isEqualTo(1);
  }

  @Test
  void thePauseGrowsUntilAListingIsWhole() {
    start(s -> s, "a");
    Duration pause = Duration.ofMillis(100);
    for (int i = 1; i < 10; i++) {
      rooms("a").end(StatusCode.INTERNAL);
      rig.loop.advance(pause.minusMillis(1));
      assertThat(rig.node("a").rooms).hasSize(i);
      rig.loop.advance(Duration.ofMillis(1));
      assertThat(rig.node("a").rooms).hasSize(i + 1);
      pause = i < 7 ? pause.multipliedBy(2) : Duration.ofSeconds(10);
    }
    rooms("a").list("red");
    rooms("a").end(StatusCode.OK);
    rig.loop.advance(Duration.ofMillis(100));
    assertThat(rig.node("a").rooms).hasSize(11);
  }

  @Test
  void aNodeWithoutTheServiceGetsEverythingAndIsAskedAgainAfterAReconnect() {
    rig.apply(s -> s, "a");
    rig.node("a").connect();
    rig.loop.advance(Duration.ofMillis(100));
    assertThat(routing("a")).isEqualTo(Routing.UNIMPLEMENTED);
    rig.loop.advance(Duration.ofMinutes(1));
    assertThat(send("1", "red").accepted()).isEqualTo(1);
    rig.node("a").listsRooms = true;
    rig.node("a").disconnect();
    rig.node("a").connect();
    rig.loop.advance(Duration.ofMillis(100));
    rooms("a").list();
    assertThat(send("2", "red").accepted()).isZero();
  }

  @Test
  void silenceIsALoss() {
    start(s -> s, "a");
    rooms("a").list("red");
    for (int i = 0; i < 5; i++) {
      rig.loop.advance(Duration.ofSeconds(7));
      rooms("a").beat();
    }
    assertThat(routing("a")).isEqualTo(Routing.ROUTED);
    ScriptedRooms silent = rooms("a");
    rig.loop.advance(Duration.ofSeconds(8));
    assertThat(silent.reset).isTrue();
    assertThat(routing("a")).isEqualTo(Routing.EVERYTHING);
    rig.loop.advance(Duration.ofMillis(100));
    assertThat(rig.node("a").rooms).hasSize(2);
  }

  @Test
  void updatesThatBreakTheRulesEndTheStream() {
    start(s -> s, "a", "b", "c");
    rooms("a").join("red");
    rooms("b").list("red");
    rooms("b").update(new RoomUpdate(3, false, List.of(), List.of(), false));
    rooms("c").update(new RoomUpdate(0, true, List.of(), List.of(), true));
    for (String host : List.of("a", "b", "c")) {
      assertThat(rooms(host).reset).as(host).isTrue();
      assertThat(routing(host)).isEqualTo(Routing.EVERYTHING);
      assertThat(troubles(host)).containsExactly(ProblemReason.INTEREST_INVALID);
    }
    rig.loop.advance(Duration.ofMillis(100));
    rooms("a").list("red");
    assertThat(troubles("a")).isEmpty();
  }

  @Test
  void aNodeWithTooManyRoomsGetsEverythingUntilAListingThatFits() {
    start(s -> s, "a");
    String[] many = IntStream.range(0, 1001).mapToObj(i -> "room-" + i).toArray(String[]::new);
    rooms("a").list(many);
    rig.loop.advance(Duration.ofMillis(1));
    assertThat(rooms("a").applied).containsExactly(1L);
    assertThat(routing("a")).isEqualTo(Routing.EVERYTHING);
    assertThat(troubles("a")).containsExactly(ProblemReason.TOO_MANY_ROOMS);
    rooms("a").leave("room-1", "room-2");
    assertThat(routing("a")).isEqualTo(Routing.EVERYTHING);
    rooms("a").list("red");
    rig.loop.advance(Duration.ofMillis(1));
    assertThat(routing("a")).isEqualTo(Routing.ROUTED);
    assertThat(troubles("a")).isEmpty();
    assertThat(node("a").rooms()).isEqualTo(1);
  }

  @Test
  void settingsTurnRoutingOffAndOn() {
    start(s -> s, "a");
    rooms("a").list("red");
    rig.apply(s -> s.deliveryInterest(DeliveryInterest.OFF), "a");
    assertThat(rooms("a").finished).as("ended in good order").isTrue();
    assertThat(routing("a")).isEqualTo(Routing.OFF);
    assertThat(send("1", "blue").accepted()).isEqualTo(1);
    assertThat(node("a").rooms()).isZero();
    rig.apply(s -> s, "a");
    assertThat(rig.node("a").rooms).hasSize(2);
    rooms("a").list("red");
    assertThat(send("2", "blue").accepted()).isZero();
  }

  @Test
  void aNodeThatIsNotConnectedGetsEverything() {
    start(s -> s, "a");
    rooms("a").list("red");
    ScriptedRooms first = rooms("a");
    rig.node("a").disconnect();
    assertThat(first.finished).isTrue();
    assertThat(send("1", "blue").waiting()).isEqualTo(1);
    rig.node("a").connect();
    rig.loop.advance(Duration.ofMillis(100));
    rooms("a").list("red");
    assertThat(send("2", "blue").accepted()).isZero();
    assertThat(rig.node("a").received).containsExactly("1");
  }

  @Test
  void namedNodesWithoutTheRoomAreSkippedToo() {
    start(s -> s, "a", "b");
    rooms("a").list("red");
    rooms("b").list();
    BroadcastOutcome outcome = send("1", "red", Set.of(Rig.address("b"), Rig.address("x")));
    assertThat(outcome.accepted()).isZero();
    assertThat(outcome.skipped()).isEqualTo(1);
    assertThat(outcome.dropped()).as("the unknown one").isEqualTo(1);
    assertThat(send("2", "red", Set.of(Rig.address("a"))).accepted()).isEqualTo(1);
  }

  @Test
  void aRoomOnTenOfAThousandNodesIsTenDeliveries() {
    String[] hosts = IntStream.range(0, 1000).mapToObj(i -> "node-" + i).toArray(String[]::new);
    start(s -> s, hosts);
    for (int i = 0; i < hosts.length; i++) {
      rooms(hosts[i]).list("room-" + i % 100);
    }
    for (int room = 0; room < 100; room++) {
      BroadcastOutcome outcome = send(Integer.toString(room), "room-" + room);
      assertThat(outcome.nodes()).isEqualTo(10);
      assertThat(outcome.accepted()).isEqualTo(10);
      assertThat(outcome.skipped()).isEqualTo(990);
    }
    for (int i = 0; i < hosts.length; i++) {
      assertThat(rig.node(hosts[i]).received).containsExactly(Integer.toString(i % 100));
    }
  }

  @Test
  void aSkippedNodeNeitherVetoesNorHolds() {
    for (OverflowPolicy policy : List.of(OverflowPolicy.REJECT, OverflowPolicy.BLOCK)) {
      rig = new Rig();
      start(s -> s.overflowPolicy(policy).workers(1).queueSize(1), "a", "b");
      rooms("a").list("red");
      rooms("b").list("blue");
      send("1", "blue");
      send("2", "blue");
      assertThat(send("3", "red").accepted()).as("%s", policy).isEqualTo(1);
    }
  }
}
