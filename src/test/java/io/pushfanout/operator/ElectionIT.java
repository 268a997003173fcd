package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.pushfanout.kube.Cluster;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Leases on a real API server, with clocks that the test advances. The replicas' wall clocks are an
 * hour apart throughout.
 */
@ResourceLock(Cluster.LOCK)
class ElectionIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private final AtomicLong nanos = new AtomicLong();
  private Leases early;
  private Leases late;

  @BeforeEach
  void findLeases() {
    early = leases(Clock.systemUTC());
    late = leases(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
  }

  private static Leases leases(Clock clock) {
    return new Leases(cluster.client(), cluster.namespace(), "push", clock);
  }

  @Test
  void theFirstLeadsAndTheOtherDoesNotAtAnyWallClock() {
    Election a = election(early, "a");
    Election b = election(late, "b");
    a.tick();
    b.tick();

    for (int second = 0; second < 60; second++) {
      pass(1);
      a.tick();
      b.tick();
      assertThat(a.leads()).isTrue();
      assertThat(b.leads()).isFalse();
    }
  }

  @Test
  void aHolderThatStopsRenewingIsReplacedWithinFifteenSecondsEvenWithASlowClock() {
    Election a = election(late, "a");
    Election b = election(early, "b");
    a.tick();
    b.tick();

    int seconds = 0;
    while (!b.leads()) {
      pass(1);
      b.tick();
      seconds++;
    }

    assertThat(seconds).isBetween((int) Election.EXPIRES.toSeconds(), 17);
    assertThat(a.leads()).as("it could not renew").isFalse();
    a.tick();
    assertThat(a.leads()).as("it sees who leads").isFalse();
  }

  @Test
  void aHolderThatResignsIsReplacedAtOnce() {
    Election a = election(early, "a");
    Election b = election(late, "b");
    a.tick();
    b.tick();

    a.resign();
    b.tick();

    assertThat(a.leads()).isFalse();
    assertThat(b.leads()).isTrue();
  }

  @Test
  void aLeaseTakenByAnotherIsWonBackOnceItStandsStill() {
    Election a = election(early, "a");
    a.tick();
    early.update(Objects.requireNonNull(early.get("push")), "stranger");

    pass(5);
    a.tick();
    assertThat(a.leads()).isFalse();
    pass(16);
    a.tick();
    assertThat(a.leads()).isTrue();
  }

  @Test
  void aReplicaThatRenewsIsAliveAndOneThatDoesNotIsGoneAfterFortySeconds() {
    Replicas a = new Replicas(early, "a", nanos::get);
    Replicas b = new Replicas(late, "b", nanos::get);
    a.tick();
    b.tick();
    a.look();
    assertThat(a.alive()).containsExactlyInAnyOrder("a", "b");

    for (int second = 0; second < 120; second++) {
      pass(1);
      a.tick();
      b.tick();
      assertThat(a.gone(Set.of("a", "b"))).isEmpty();
      assertThat(b.gone(Set.of("a", "b"))).isEmpty();
    }
    int seconds = 0;
    while (a.gone(Set.of("a", "b")).isEmpty()) {
      pass(1);
      a.tick();
      seconds++;
    }
    assertThat(a.gone(Set.of("a", "b"))).containsExactly("b");
    assertThat(seconds).isBetween(30, 50);
    assertThat(a.alive()).containsExactly("a");
  }

  @Test
  void anEntryWithoutALeaseGoesAfterFortySecondsToo() {
    Replicas a = new Replicas(early, "a", nanos::get);
    a.tick();

    int seconds = 0;
    while (a.gone(Set.of("left-over")).isEmpty()) {
      pass(1);
      a.tick();
      seconds++;
    }
    assertThat(seconds).isBetween(39, 41);
  }

  @Test
  void agesOfLeasesStartAgainAfterAGapBetweenLooks() {
    Replicas a = new Replicas(early, "a", nanos::get);
    Replicas b = new Replicas(late, "b", nanos::get);
    a.tick();
    b.tick();
    a.look();

    pass(300); // The API server is away: no replica renews or reads a Lease.
    a.tick();

    assertThat(a.gone(Set.of("b"))).isEmpty();
    assertThat(a.alive()).contains("b");
  }

  @Test
  void leasesOfGoneReplicasAreDeletedAndOtherLeasesStay() {
    Replicas a = new Replicas(early, "a", nanos::get);
    new Replicas(late, "b", nanos::get).tick();
    cluster
        .client()
        .leases()
        .inNamespace(cluster.namespace())
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withName("push-of-somebody-else")
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity("of-somebody-else")
                .endSpec()
                .build())
        .create();
    for (int second = 0; second < 90; second++) {
      a.tick();
      a.deleteGone();
      pass(1);
    }

    assertThat(early.get("push-a")).isNotNull();
    assertThat(early.get("push-b")).isNull();
    assertThat(early.get("push-of-somebody-else")).isNotNull();
  }

  private Election election(Leases leases, String replica) {
    return new Election(leases, replica, nanos::get);
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
