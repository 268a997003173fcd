package io.pushfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RemovalGraceTest {
  private static final Duration PERIOD = Duration.ofSeconds(30);

  private final RemovalGrace grace = new RemovalGrace();
  private final Map<NodeAddress, Long> connectedSince = new HashMap<>();
  private long nowNanos = 1_000_000_000_000L;

  RemovalGraceTest() {
    nodes(10).forEach(node -> connectedSince.put(node, nowNanos));
    advance(Duration.ofSeconds(5));
    assertThat(look(nodes(10))).isEqualTo(nodes(10));
  }

  private static NodeAddress node(int i) {
    return new NodeAddress("n" + i, 1);
  }

  private static Set<NodeAddress> nodes(int count) {
    return IntStream.range(0, count).mapToObj(RemovalGraceTest::node).collect(Collectors.toSet());
  }

  private Set<NodeAddress> look(Set<NodeAddress> registered) {
    return grace.keep(registered, Set.of(), connectedSince, nowNanos, PERIOD);
  }

  private Set<NodeAddress> look(Set<NodeAddress> registered, Set<NodeAddress> leaving) {
    return grace.keep(registered, leaving, connectedSince, nowNanos, PERIOD);
  }

  private void advance(Duration time) {
    nowNanos += time.toNanos();
  }

  @Test
  void halfMayGoAtOnce() {
    assertThat(look(nodes(5))).isEqualTo(nodes(5));
  }

  @Test
  void whenMostGoAtOnceAllOfThemStayForThePeriod() {
    assertThat(look(nodes(4))).isEqualTo(nodes(10));
    advance(PERIOD.minusMillis(1));
    assertThat(look(nodes(4))).isEqualTo(nodes(10));
    advance(Duration.ofMillis(1));
    assertThat(look(nodes(4))).isEqualTo(nodes(4));
    assertThat(grace.isWatching()).isFalse();
  }

  @Test
  void everyRegistrationLostAtOnceLosesNoNode() {
    assertThat(look(Set.of())).isEqualTo(nodes(10));
  }

  @Test
  void nodeThatIsKeptGoesWhenItsConnectionFails() {
    look(Set.of());
    connectedSince.remove(node(3));
    assertThat(look(Set.of())).hasSize(9).doesNotContain(node(3));
    connectedSince.put(node(3), nowNanos);
    assertThat(look(Set.of())).as("it had its chance").doesNotContain(node(3));
  }

  @Test
  void staggeredRemovalsOfMostBringBackTheFirstNodes() {
    for (int left = 9; left >= 5; left--) {
      advance(Duration.ofSeconds(1));
      assertThat(look(nodes(left))).isEqualTo(nodes(left));
      connectedSince.remove(node(left)); // Its client has drained and closed.
    }
    advance(Duration.ofSeconds(1));
    assertThat(look(nodes(4))).as("the sixth of ten").isEqualTo(nodes(10));
    advance(RemovalGrace.RECONNECT.minusMillis(1));
    connectedSince.put(node(9), nowNanos);
    assertThat(look(nodes(4))).isEqualTo(nodes(10));
    advance(Duration.ofMillis(1));
    assertThat(look(nodes(4)))
        .as("those that did not connect again are gone")
        .containsExactlyInAnyOrder(node(0), node(1), node(2), node(3), node(4), node(9));
  }

  @Test
  void removalsMoreThanAPeriodApartAreNoMassRemoval() {
    for (int left = 9; left >= 0; left--) {
      advance(PERIOD);
      assertThat(look(nodes(left))).isEqualTo(nodes(left));
    }
  }

  @Test
  void theOnlyNodeMayGo() {
    RemovalGrace one = new RemovalGrace();
    one.keep(nodes(1), Set.of(), connectedSince, nowNanos, PERIOD);
    assertThat(one.keep(Set.of(), Set.of(), connectedSince, nowNanos, PERIOD)).isEmpty();
  }

  @Test
  void nodesThatWereNotConnectedAreNeitherKeptNorCounted() {
    for (int i = 2; i < 10; i++) {
      connectedSince.remove(node(i));
    }
    assertThat(look(nodes(2))).as("eight dead ones").isEqualTo(nodes(2));
    assertThat(look(Set.of())).as("both living ones").isEqualTo(nodes(2));
  }

  @Test
  void nodesThatJoinedAfterTheFirstRemovalDoNotCountAsLeft() {
    Set<NodeAddress> registered = new HashSet<>(nodes(9));
    look(registered);
    advance(Duration.ofSeconds(1));
    IntStream.range(100, 120).mapToObj(RemovalGraceTest::node).forEach(registered::add);
    IntStream.range(100, 120).forEach(i -> connectedSince.put(node(i), nowNanos));
    look(registered);
    registered.removeAll(nodes(9));
    assertThat(look(registered)).containsAll(nodes(10)).hasSize(30);
  }

  @Test
  void nodeThatRegistersAgainIsNoRemoval() {
    look(Set.of());
    assertThat(look(nodes(10))).isEqualTo(nodes(10));
    assertThat(grace.isWatching()).isFalse();
  }

  @Test
  void nodesThatEndByThemselvesGoAndAreNoMassRemoval() {
    Set<NodeAddress> leaving = new HashSet<>(nodes(10));
    leaving.removeAll(nodes(3));

    assertThat(look(nodes(3), leaving)).isEqualTo(nodes(3));
    assertThat(look(nodes(3), Set.of())).as("after their end").isEqualTo(nodes(3));
    assertThat(grace.isWatching()).isFalse();
    assertThat(look(nodes(2))).as("one of three").isEqualTo(nodes(2));
  }

  @Test
  void aNodeThatIsKeptGoesWhenItEndsByItself() {
    look(nodes(2));

    assertThat(look(nodes(2), Set.of(node(9)))).hasSize(9).doesNotContain(node(9));
    assertThat(look(nodes(2))).hasSize(9).doesNotContain(node(9));
  }

  @Test
  void periodOfZeroIsOff() {
    assertThat(grace.keep(Set.of(), Set.of(), connectedSince, nowNanos, Duration.ZERO)).isEmpty();
  }
}
