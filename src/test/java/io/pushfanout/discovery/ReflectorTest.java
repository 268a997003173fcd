package io.pushfanout.discovery;

import static io.pushfanout.discovery.RegistrationSetTest.gone;
import static io.pushfanout.discovery.RegistrationSetTest.node;
import static io.pushfanout.discovery.RegistrationSetTest.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.discovery.Registry.Change;
import io.pushfanout.discovery.source.Availability;
import io.pushfanout.discovery.source.Backoff;
import io.pushfanout.discovery.source.RegistrationPublisher;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The timing of a watch, on a scripted registry and a clock that the test advances. */
class ReflectorTest {
  private final IllegalStateException denied =
      new IllegalStateException("etcdserver: permission denied");

  private final Trouble away = new Trouble(false, "Connection refused");
  private final FakeLoop loop = new FakeLoop();
  private final ScriptedRegistry registry = new ScriptedRegistry();
  private final List<Registrations> told = new ArrayList<>();
  private final List<Trouble> unanswered = new ArrayList<>();
  private final Reflector reflector =
      new Reflector(
          "s", registry, loop, new Random(1), new Outages("here"), told::add, unanswered::add);

  @Test
  void theFirstListIsHandedOverAtOnceAndTheWatchGoesOnFromTheNextRevision() {
    reflector.start();
    assertThat(reflector.answered()).isFalse();

    registry.last().answers(7, put("a", 5, 1));
    loop.run();

    assertThat(told).hasSize(1);
    assertThat(told.getFirst().nodes()).containsExactly(node(1));
    assertThat(reflector.answered()).isTrue();
    assertThat(reflector.problem()).isNull();
    assertThat(registry.last().watchedFrom).isEqualTo(8);
  }

  @Test
  void changesAreOneHandOverInAFixedWindowFromTheFirst() {
    synced();
    changed(put("a", 11, 1));
    for (int i = 0; i < 9; i++) {
      loop.advance(Duration.ofMillis(10));
      changed(put("b" + i, 12 + i, 2 + i));
    }
    assertThat(told).isEmpty();

    loop.advance(Duration.ofMillis(10));
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().nodes()).hasSize(10);

    loop.advance(Duration.ofSeconds(10));
    assertThat(told).hasSize(1);
    changed(gone("a", 40));
    loop.advance(RegistrationPublisher.WINDOW);
    assertThat(told).hasSize(2);
  }

  @Test
  void aKnownChangeIsNotHandedOver() {
    synced();
    changed(put("a", 9, 1));
    loop.advance(Duration.ofSeconds(1));

    assertThat(told).isEmpty();
  }

  @Test
  void afterAnErrorOfTheWatchAnotherSessionListsAgainAndTheSetStays() {
    synced(put("a", 5, 1));
    ScriptedRegistry.Scripted broken = registry.last();

    broken.ends(new ConnectException("reset"));
    loop.run();

    assertThat(broken.closed).isTrue();
    assertThat(registry.sessions).hasSize(1);
    loop.advance(Duration.ofMillis(100));
    assertThat(registry.sessions).hasSize(2);
    registry.last().answers(20, put("a", 5, 1), put("b", 15, 2));
    loop.advance(RegistrationPublisher.WINDOW);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().degraded()).isFalse();
    assertThat(told.getFirst().announced()).containsExactly(node(2));
    assertThat(registry.last().watchedFrom).isEqualTo(21);
  }

  @Test
  void answersOfAnOldSessionAreIgnored() {
    synced(put("a", 5, 1));
    ScriptedRegistry.Scripted old = registry.last();
    loop.advance(Reflector.RELIST);
    old.ends(new ConnectException("reset"));
    loop.run();

    old.watcher().changed(List.of(gone("a", 99)));
    old.watcher().created();
    old.fails(new ConnectException("again"));
    loop.advance(Duration.ofMillis(100));

    assertThat(registry.sessions).hasSize(2);
    assertThat(told).isEmpty();
  }

  @Test
  void anOutageIsReportedOnceWithTheLastGoodSetAndItsEndOnce() {
    synced(put("a", 5, 1));
    registry.last().ends(new ConnectException("Connection refused"));
    loop.advance(Availability.UNREACHABLE_AFTER.minusMillis(1));
    assertThat(told).isEmpty();

    for (int i = 0; i < 50; i++) {
      if (!registry.last().closed) {
        registry.last().fails(new ConnectException("Connection refused"));
      }
      loop.advance(Duration.ofSeconds(1));
    }

    assertThat(told).containsExactly(new Registrations(Set.of(node(1)), List.of(), Set.of(), away));
    assertThat(reflector.problem()).isEqualTo("Connection refused");
    assertThat(reflector.answered()).isTrue();
    told.clear();
    loop.advance(Backoff.MAX);
    registry.last().answers(3, put("a", 5, 1));
    loop.run();
    assertThat(told).containsExactly(new Registrations(Set.of(node(1)), List.of(), Set.of(), null));
    assertThat(reflector.problem()).isNull();
  }

  @Test
  void attemptsComeSlowerUpToTwoSecondsAndNeverStop() {
    reflector.start();
    int before = 0;
    for (int i = 0; i < 20; i++) {
      registry.last().fails(new ConnectException("Connection refused"));
      loop.advance(Backoff.MAX);
      assertThat(registry.sessions.size()).isGreaterThan(before);
      before = registry.sessions.size();
    }
    assertThat(told).isEmpty();
    assertThat(unanswered).containsExactly(away);
    assertThat(reflector.answered()).isFalse();
    registry.last().answers(3);
    loop.run();
    assertThat(told).hasSize(1);
  }

  @Test
  void aFailureToOpenASessionIsAFailureLikeOthers() {
    registry.refusesToOpen = new IllegalStateException("no such file");
    reflector.start();
    loop.advance(Duration.ofSeconds(5));
    assertThat(reflector.problem()).isEqualTo("no such file");

    registry.refusesToOpen = null;
    loop.advance(Backoff.MAX);
    assertThat(registry.sessions).hasSize(1);
  }

  @Test
  void anErrorWhileASessionOpensOrListsIsAFailureLikeOthers() {
    registry.cannotOpen = new OutOfMemoryError("unable to create native thread");
    reflector.start();
    loop.advance(Duration.ofSeconds(5));
    assertThat(reflector.problem()).isEqualTo("unable to create native thread");
    registry.cannotOpen = null;
    registry.cannotList = new NoClassDefFoundError("gone");
    loop.advance(Backoff.MAX);
    assertThat(registry.last().closed).isTrue();

    registry.cannotList = null;
    loop.advance(Backoff.MAX);
    registry.last().answers(7, put("a", 5, 1));
    loop.run();
    assertThat(reflector.answered()).isTrue();
    assertThat(told).hasSize(1);
  }

  @Test
  void anErrorOfALaterListStartsANewSessionToo() {
    synced(put("a", 5, 1));
    registry.last().cannotList = new NoClassDefFoundError("gone");
    loop.advance(Reflector.RELIST);
    assertThat(registry.last().closed).isTrue();

    loop.advance(Backoff.MAX);
    assertThat(registry.sessions).hasSize(2);
    registry.last().answers(9, put("a", 5, 1), put("b", 8, 2));
    loop.advance(RegistrationPublisher.WINDOW);
    assertThat(told.getLast().nodes()).hasSize(2);
  }

  @Test
  void aFailedListenerIsCalledAgainAndUntilThenItIsNotAnswered() {
    List<Registrations> taken = new ArrayList<>();
    AtomicInteger failures = new AtomicInteger(3);
    Reflector deaf =
        new Reflector(
            "s",
            registry,
            loop,
            new Random(1),
            new Outages("here"),
            found -> {
              if (failures.getAndDecrement() > 0) {
                throw new LinkageError("on purpose");
              }
              taken.add(found);
            },
            unanswered::add);
    deaf.start();
    registry.last().answers(7, put("a", 5, 1));
    loop.advance(Duration.ofMillis(2900));
    assertThat(deaf.answered()).isFalse();

    loop.advance(Duration.ofMillis(100));
    assertThat(deaf.answered()).isTrue();
    assertThat(taken).hasSize(1);
    assertThat(taken.getFirst().nodes()).containsExactly(node(1));
    assertThat(registry.sessions).as("etcd has done nothing wrong").hasSize(1);
  }

  @Test
  void aRefusalIsNoAnswerAndIsRetriedSlowly() {
    reflector.start();
    registry.last().fails(denied);
    loop.run();

    assertThat(reflector.answered()).isFalse();
    assertThat(reflector.problem()).isEqualTo("etcdserver: permission denied");
    assertThat(unanswered).containsExactly(new Trouble(true, "etcdserver: permission denied"));
    assertThat(told).isEmpty();
    loop.advance(Backoff.REFUSED.dividedBy(2).minusMillis(1));
    assertThat(registry.sessions).hasSize(1);
    loop.advance(Backoff.REFUSED.dividedBy(2).plusMillis(1));
    assertThat(registry.sessions).hasSize(2);
    registry.last().fails(denied);
    loop.advance(Backoff.REFUSED);
    assertThat(unanswered).hasSize(1);
    assertThat(told).isEmpty();

    registry.last().answers(3, put("a", 2, 1));
    loop.run();
    assertThat(told.getLast().degraded()).isFalse();
    assertThat(told.getLast().nodes()).hasSize(1);
  }

  @Test
  void aRefusalLeavesTheLastGoodSetWithItsReasonAndAnotherReasonComesLater() {
    synced(put("a", 5, 1));
    registry.last().ends(denied);
    loop.run();
    assertThat(told)
        .extracting(Registrations::trouble)
        .extracting(Trouble::refused)
        .containsOnly(true);
    assertThat(told.getLast().nodes()).containsExactly(node(1));

    loop.advance(Backoff.REFUSED);
    registry.last().fails(new ConnectException("Connection refused"));
    loop.advance(Availability.UNREACHABLE_AFTER);
    assertThat(told).hasSize(1);
    loop.advance(RegistrationPublisher.REASON_WINDOW);
    assertThat(told).hasSize(2);
    assertThat(told.getLast().trouble()).isEqualTo(away);
    assertThat(reflector.answered()).isTrue();

    loop.advance(Backoff.MAX);
    registry.last().fails(denied);
    loop.run();
    assertThat(told).as("a refusal is told at once").hasSize(3);
  }

  @Test
  void aSessionThatEndsBeforeItHasListedIsNotWaitedFor() {
    reflector.start();
    registry.last().ends(new TimeoutException());
    loop.advance(Duration.ofMillis(100));

    assertThat(registry.sessions.getFirst().closed).isTrue();
    assertThat(registry.sessions).hasSize(2);
    assertThat(reflector.problem()).isEqualTo("no answer in time");
  }

  @Test
  void aWatchThatNeverBeginsIsGivenUp() {
    reflector.start();
    registry.last().answers(7);
    loop.advance(Duration.ofSeconds(5));

    assertThat(registry.sessions.getFirst().closed).isTrue();
    loop.advance(Duration.ofMillis(100));
    assertThat(registry.sessions).hasSize(2);
  }

  @Test
  void everyHalfMinuteItListsAgain() {
    synced(put("a", 5, 1));
    loop.advance(Reflector.RELIST);
    assertThat(registry.last().lists).hasSize(2);
    registry.last().answers(50, put("a", 5, 1));
    loop.advance(Reflector.RELIST);
    assertThat(registry.last().lists).hasSize(3);
    assertThat(registry.sessions).hasSize(1);
    assertThat(told).isEmpty();

    registry.last().fails(new ConnectException("reset"));
    loop.advance(Duration.ofMillis(100));
    assertThat(registry.sessions).hasSize(2);
  }

  @Test
  void aListingWithNewsThatTheWatchMissedStartsAnotherWatch() {
    synced(put("a", 5, 1));
    loop.advance(Reflector.RELIST);
    registry.last().answers(50, put("b", 40, 2));
    loop.run();

    assertThat(registry.sessions).hasSize(2);
    assertThat(registry.sessions.getFirst().closed).isTrue();
    loop.advance(RegistrationPublisher.WINDOW);
    assertThat(told.getLast().nodes()).containsExactly(node(2));
    assertThat(told.getLast().degraded()).isFalse();
  }

  @Test
  void afterCloseNothingIsReportedAndNothingIsPending() {
    synced(put("a", 5, 1));
    changed(put("b", 11, 2));

    reflector.close();
    changed(put("c", 12, 3));
    loop.advance(Duration.ofMinutes(5));

    assertThat(told).isEmpty();
    assertThat(registry.last().closed).isTrue();
    assertThat(registry.sessions).hasSize(1);
    assertThat(loop.pendingTimers()).isZero();
  }

  /**
   * Brings the watch to the state after a listing at revision 10, and discards the hand-overs so
   * far.
   */
  private void synced(Change... keys) {
    reflector.start();
    registry.last().answers(10, keys);
    loop.run();
    registry.last().watcher().created();
    loop.run();
    told.clear();
  }

  private void changed(Change change) {
    registry.last().watcher().changed(List.of(change));
    loop.run();
  }
}
