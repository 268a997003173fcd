package io.pushfanout.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Look-ups on threads that a test runs by hand: each queued task is a look-up that hangs. */
class LookUpsTest {
  private static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();

  private final Queue<Runnable> threads = new ArrayDeque<>();
  private final AtomicLong nanos = new AtomicLong();
  private final List<String> asked = new ArrayList<>();
  private final LookUps lookUps = new LookUps(this::addressesOf, threads::add, nanos::get);

  private InetAddress[] addressesOf(String host) throws UnknownHostException {
    asked.add(host);
    if (host.startsWith("unknown")) {
      throw new UnknownHostException(host);
    }
    if (host.startsWith("broken")) {
      throw new OutOfMemoryError("of the resolver");
    }
    return new InetAddress[] {ADDRESS};
  }

  private CompletableFuture<List<InetAddress>> of(String host, boolean fresh) {
    return lookUps.of("party", host, fresh).toCompletableFuture();
  }

  private void later(Duration wait) {
    nanos.addAndGet(wait.toNanos());
  }

  private void runAll() {
    for (Runnable task = threads.poll(); task != null; task = threads.poll()) {
      task.run();
    }
  }

  @Test
  void anAddressIsItsOwnAnswer() {
    assertThat(of("2001:db8::1", false)).isCompletedWithValueMatching(found -> found.size() == 1);
    assertThat(threads).isEmpty();
  }

  @Test
  void aLookUpShortlyAfterAnotherSharesItsAnswer() {
    var one = of("node", false);
    later(LookUps.OLD.minusNanos(1));
    var two = of("node", false);
    assertThat(threads).hasSize(1);
    runAll();
    assertThat(one).isCompletedWithValue(List.of(ADDRESS));
    assertThat(two).isCompletedWithValue(List.of(ADDRESS));
    assertThat(lookUps.names()).isZero();
  }

  @Test
  void aLookUpAfterTheAnswerRunsAgain() {
    of("node", false);
    runAll();
    of("node", false);
    runAll();
    assertThat(asked).containsExactly("node", "node");
  }

  @Test
  void aFreshOrLateLookUpRunsBesideOneThatHangs() {
    var hanging = of("node", false);
    Runnable hung = threads.remove();
    var afterNews = of("node", true);
    threads.remove().run();
    assertThat(afterNews).isCompleted();
    later(LookUps.OLD);
    var muchLater = of("node", false);
    threads.remove().run();
    assertThat(muchLater).isCompleted();
    assertThat(hanging).isNotDone();
    hung.run();
    assertThat(hanging).isCompleted();
    assertThat(lookUps.names()).isZero();
  }

  @Test
  void oneNameKeepsABoundedNumberOfThreads() {
    for (int i = 0; i < 10; i++) {
      of("node", true);
    }
    assertThat(threads).hasSize(LookUps.MOST_OF_A_NAME);
  }

  @Test
  void secondLookUpsTakeNoThreadThatOtherNamesNeed() {
    for (int i = 0; i < LookUps.MOST_FOR_SECOND_LOOKUPS; i++) {
      of("node-" + i, false);
    }
    of("node-0", true);
    assertThat(threads).hasSize(LookUps.MOST_FOR_SECOND_LOOKUPS);
  }

  @Test
  void aLookUpWithoutAThreadWaitsForOne() {
    List<CompletableFuture<List<InetAddress>>> answers = new ArrayList<>();
    for (int i = 0; i < 2 * LookUps.MOST_THREADS; i++) {
      answers.add(of("node-" + i, false));
    }
    assertThat(threads).hasSize(LookUps.MOST_THREADS / 2);
    runAll();
    assertThat(answers).allMatch(CompletableFuture::isDone);
    assertThat(lookUps.names()).isZero();
    of("node-0", false);
    assertThat(threads).as("threads are counted right").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void namesThatHangDelayNoOtherParty(int parties) {
    for (int party = 0; party < parties; party++) {
      for (int i = 0; i < 1000; i++) {
        lookUps.of("evil" + party, "hangs-" + i, false);
      }
    }
    int hung = threads.size();
    var good = lookUps.of("good", "good", false).toCompletableFuture();
    assertThat(threads).as("%d hang", hung).hasSize(hung + 1);
    threads.stream().skip(hung).forEach(Runnable::run);
    assertThat(good).isCompleted();
    assertThat(asked).containsExactly("good");
  }

  @Test
  void oneNameOfTwoPartiesIsLookedUpForEach() {
    for (int i = 0; i < 1000; i++) {
      lookUps.of("evil", "hangs-" + i, false);
    }
    lookUps.of("evil", "shared", false);
    int hung = threads.size();
    var good = lookUps.of("good", "shared", false).toCompletableFuture();
    threads.stream().skip(hung).forEach(Runnable::run);
    assertThat(good).isCompletedWithValue(List.of(ADDRESS));
  }

  @Test
  void waitingLookUpsBeginByTurnsOfTheParties() {
    for (int i = 0; i < LookUps.MOST_THREADS; i++) {
      lookUps.of("a", "a" + i, false);
    }
    for (int i = 0; i < LookUps.MOST_THREADS; i++) {
      lookUps.of("b", "b" + i, false);
    }
    runAll();
    assertThat(asked).hasSize(2 * LookUps.MOST_THREADS);
    int half = asked.size() / 2;
    assertThat(asked.subList(0, half))
        .as("%s", asked)
        .filteredOn(n -> n.startsWith("b"))
        .isNotEmpty();
    assertThat(asked.subList(half, 2 * half)).filteredOn(n -> n.startsWith("a")).isNotEmpty();
  }

  @Test
  void anUnknownNameAndAnErrorAreAnswers() {
    var unknown = of("unknown", false);
    var broken = of("broken", false);
    runAll();
    assertThatThrownBy(unknown::join).hasCauseInstanceOf(UnknownHostException.class);
    assertThatThrownBy(broken::join).hasCauseInstanceOf(OutOfMemoryError.class);
    assertThat(lookUps.names()).isZero();
  }

  @Test
  void noThreadIsAnAnswerTooAndLeavesNothingBehind() {
    List<Runnable> begun = new ArrayList<>();
    var exhausted =
        new Object() {
          boolean now = true;
        };
    LookUps without =
        new LookUps(
            this::addressesOf,
            task -> {
              if (exhausted.now) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              begun.add(task);
            },
            nanos::get);
    for (int i = 0; i < 2 * LookUps.MOST_THREADS; i++) {
      var none = without.of("party", "node", false).toCompletableFuture();
      assertThatThrownBy(none::join).hasRootCauseMessage("unable to create native thread");
    }
    assertThat(without.names()).isZero();
    exhausted.now = false;
    var one = without.of("party", "node", false).toCompletableFuture();
    begun.forEach(Runnable::run);
    assertThat(one).isCompletedWithValue(List.of(ADDRESS));
  }
}
