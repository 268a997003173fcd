package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.checkpoint.SavedNodes;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.plan.Trouble;
import io.pushfanout.state.SavedNodes;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SavedServicesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Trouble AWAY = new Trouble(false, "Connection refused");
  private static final Instant BEFORE = NOW.minusSeconds(60);
  private static final Set<NodeAddress> OLD = Set.of(NodeAddress.parse("old:1"));
  private static final Set<NodeAddress> NEW = Set.of(NodeAddress.parse("new:1"));

  private final SavedServices services =
      new SavedServices(
          Map.of("chat", new SavedNodes(BEFORE, OLD)), Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void savedNodesAreServedOnceAndAsDegraded() {
    assertThat(services.serves("chat")).isFalse();

    assertThat(services.serve("chat", AWAY.reason()))
        .contains(new Registrations(OLD, List.of(), Set.of(), AWAY));
    assertThat(services.serve("chat", AWAY.reason())).isEmpty();
    assertThat(services.serves("chat")).isTrue();
    assertThat(services.served()).containsExactly(Map.entry("chat", BEFORE));
  }

  @Test
  void aServiceOfWhichNothingWasSavedIsWaitedFor() {
    assertThat(services.serve("game", AWAY.reason())).isEmpty();
    assertThat(services.serves("game")).isFalse();
  }

  @Test
  void nodesOfEtcdReplaceSavedNodesForGood() {
    services.serve("chat", AWAY.reason());
    services.answered("chat", found(NEW, false));

    assertThat(services.served()).isEmpty();
    assertThat(services.serve("chat", AWAY.reason())).isEmpty();
  }

  @Test
  void onlyNodesOfEtcdAreGoodAndTheyAreCurrentWhileTheWatchWorks() {
    services.serve("chat", AWAY.reason());
    assertThat(services.lastGood("chat", true)).isEmpty();

    services.answered("chat", found(NEW, false));
    assertThat(services.lastGood("chat", true)).contains(new SavedNodes(NOW, NEW));
    services.answered("chat", found(NEW, true));
    assertThat(services.lastGood("chat", false)).contains(new SavedNodes(NOW, NEW));
    assertThat(services.lastGood("game", true)).isEmpty();
  }

  @Test
  void anUnwantedServiceIsForgottenAndServedAgainOnlyFromSavedNodes() {
    services.serve("chat", AWAY.reason());
    services.answered("game", found(NEW, false));
    services.forget("chat");
    services.forget("game");

    assertThat(services.serves("chat")).isFalse();
    assertThat(services.served()).isEmpty();
    assertThat(services.lastGood("game", true)).isEmpty();
    assertThat(services.serve("chat", AWAY.reason()))
        .contains(new Registrations(OLD, List.of(), Set.of(), AWAY));
    assertThat(services.served()).containsExactly(Map.entry("chat", BEFORE));
  }

  private static Registrations found(Set<NodeAddress> nodes, boolean degraded) {
    return new Registrations(nodes, List.of(), Set.of(), degraded ? AWAY : null);
  }
}
