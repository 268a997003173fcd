package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.TokenReviewer.Review;
import io.pushfanout.auth.TokenReviewer.ReviewException;
import io.pushfanout.auth.TokenReviewer.User;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Time and threads are the test's: reviews wait in a queue until {@link #run}. */
class TokenReviewAuthorizerTest {
  private static final Instant BEGIN = Instant.parse("2026-06-01T12:00:00Z");
  private static final Decision ALLOWED = new Decision.Allowed("kubernetes:web");

  private final ScriptedReviewer reviewer = new ScriptedReviewer();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private Duration elapsed = Duration.ZERO;
  private final TokenReviewAuthorizer access = accessFor(List.of());

  private TokenReviewAuthorizer accessFor(List<String> audiences) {
    return new TokenReviewAuthorizer(
        reviewer, audiences, tasks::add, () -> BEGIN.plus(elapsed), () -> elapsed.toNanos());
  }

  private static final class ScriptedReviewer implements TokenReviewer {
    private final List<String> asked = new ArrayList<>();
    private boolean good = true;
    private boolean holds = true;
    private boolean away;
    private boolean broken;
    private @Nullable Instant expires;

    @Override
    public Review review(String token) throws ReviewException {
      asked.add(token);
      if (broken) {
        throw new IllegalStateException("broken");
      }
      if (away) {
        throw new ReviewException("the address 10.0.0.1 is away", new IllegalStateException());
      }
      return good
          ? new Review.Good(new User("web", null, List.of(), Map.of()), expires)
          : new Review.Bad();
    }

    @Override
    public boolean holds(User user, Right right) {
      asked.add(user.name() + " " + right.target());
      return holds;
    }

    List<String> asked() {
      List<String> all = List.copyOf(asked);
      asked.clear();
      return all;
    }
  }

  private CompletableFuture<Decision> decide(String token, String target) {
    return decideFor("host", token, target);
  }

  private CompletableFuture<Decision> decideFor(String peer, String token, String target) {
    return access.decide(new Credentials(new BearerToken(token), null, peer), Rights.of(target));
  }

  private CompletableFuture<Decision> decide() {
    return decide("t", "acme/chat");
  }

  private void pass(Duration time) {
    elapsed = elapsed.plus(time);
  }

  private void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Returns the decision after all pending reviews. */
  private Decision decided() {
    CompletableFuture<Decision> decision = decide();
    run();
    return decision.join();
  }

  @Test
  void aDecisionIsRequestedOnceAndThenCached() {
    CompletableFuture<Decision> first = decide();
    CompletableFuture<Decision> meanwhile = decide();
    assertThat(first).isNotDone();
    run();

    assertThat(first).isCompletedWithValue(ALLOWED);
    assertThat(meanwhile).isCompletedWithValue(ALLOWED);
    assertThat(decide()).isCompletedWithValue(ALLOWED);
    assertThat(reviewer.asked()).containsExactly("t", "web acme/chat");
  }

  @Test
  void anotherTargetIsAnotherRightOfTheSameCaller() {
    decided();
    reviewer.asked();
    reviewer.holds = false;
    CompletableFuture<Decision> all = decide("t", "all");
    run();

    assertThat(all.join())
        .isEqualTo(
            new Decision.Denied(
                "kubernetes:web",
                "kubernetes:web has no right to create on pushfanouts/broadcast of all targets"));
    assertThat(reviewer.asked()).containsExactly("web null");
    assertThat(decide()).isCompletedWithValue(ALLOWED);
  }

  @Test
  void aRevokedRightEndsWithinTenSecondsDuringAnOutage() {
    decided();
    reviewer.away = true;
    for (int i = 0; i < 99; i++) {
      assertThat(decided()).isEqualTo(ALLOWED);
      pass(Duration.ofMillis(100));
    }
    pass(Duration.ofMillis(100));

    assertThat(decided()).isInstanceOf(Decision.Unavailable.class);
  }

  @Test
  void aDecisionInUseIsRenewedBeforeItsEndWithoutAWait() {
    decided();
    reviewer.asked();
    pass(Duration.ofSeconds(6));
    assertThat(decide()).isCompletedWithValue(ALLOWED);
    assertThat(tasks).as("not due yet").isEmpty();

    for (int i = 0; i < 100; i++) {
      pass(Duration.ofMillis(500));
      assertThat(decide()).as("at %s", elapsed).isCompletedWithValue(ALLOWED);
      run();
    }
    assertThat(reviewer.asked()).hasSizeBetween(2 * 6, 2 * 8);
  }

  @Test
  void aRenewalThatFindsTheRightGoneRefusesFromThenOn() {
    decided();
    reviewer.good = false;
    pass(Duration.ofSeconds(7));
    assertThat(decided()).as("the one that has it renewed").isEqualTo(ALLOWED);

    assertThat(decide().join()).isInstanceOf(Decision.Unauthenticated.class);
  }

  @Test
  void duringAnOutageARenewalIsTriedOnceASecond() {
    decided();
    reviewer.asked();
    reviewer.away = true;
    pass(Duration.ofSeconds(7));
    for (int i = 0; i < 20; i++) {
      decided();
      pass(Duration.ofMillis(100));
    }

    assertThat(reviewer.asked()).hasSize(2);
  }

  @Test
  void aDecisionEndsWithItsToken() {
    reviewer.expires = BEGIN.plusSeconds(2);
    assertThat(decided()).isEqualTo(ALLOWED);
    pass(Duration.ofMillis(1900));
    assertThat(decide()).isCompletedWithValue(ALLOWED);
    run();

    pass(Duration.ofMillis(100));
    assertThat(decided())
        .as("though the reviewer still says that it is good")
        .isInstanceOf(Decision.Unauthenticated.class);
  }

  @Test
  void refusalsAreForgottenSoonSoThatNewRightsCount() {
    reviewer.holds = false;
    assertThat(decided()).isInstanceOf(Decision.Denied.class);
    reviewer.holds = true;
    reviewer.asked();
    pass(Duration.ofMillis(2900));
    assertThat(decide().join()).isInstanceOf(Decision.Denied.class);
    assertThat(reviewer.asked()).isEmpty();

    pass(Duration.ofMillis(100));
    assertThat(decided()).isEqualTo(ALLOWED);
  }

  @Test
  void aBadTokenIsReviewedOnceForAllTargets() {
    reviewer.good = false;
    for (int i = 0; i < 10; i++) {
      CompletableFuture<Decision> decision = decide("t", "acme/chat-" + i);
      run();
      assertThat(decision.join()).isInstanceOf(Decision.Unauthenticated.class);
    }

    assertThat(reviewer.asked()).containsExactly("t");
  }

  @Test
  void anOutageIsUnavailableWithoutItsCause() {
    reviewer.away = true;
    assertThat(decided())
        .isEqualTo(
            new Decision.Unavailable("authentication is temporarily unavailable; try again"));
    assertThat(decide()).as("not asked again at once").isDone();

    reviewer.away = false;
    pass(TokenReviewAuthorizer.UNAVAILABLE_FOR);
    assertThat(decided()).isEqualTo(ALLOWED);
  }

  @Test
  void aFloodOfBadTokensIsBoundedAndHindersNoRenewal() {
    decided();
    reviewer.good = false;
    List<CompletableFuture<Decision>> flood = new ArrayList<>();
    for (int i = 0; i <= DecisionCache.OPEN_MAX; i++) {
      flood.add(decideFor("host-" + i, "bad-" + i, "acme/chat"));
    }
    assertThat(tasks).as("asked at a time").hasSize(DecisionCache.ASKED_MAX);
    assertThat(flood.removeLast())
        .isCompletedWithValueMatching(Decision.Unavailable.class::isInstance);
    assertThat(flood).as("the others wait").noneMatch(CompletableFuture::isDone);

    pass(Duration.ofSeconds(7));
    assertThat(decide()).isCompletedWithValue(ALLOWED);
    assertThat(tasks).as("the renewal has its own turn").hasSize(DecisionCache.ASKED_MAX + 1);
    run();
    assertThat(flood)
        .allSatisfy(
            decision ->
                assertThat(decision)
                    .isCompletedWithValueMatching(Decision.Unauthenticated.class::isInstance));
  }

  @Test
  void aHostWithInvalidTokensDelaysNoOtherHost() {
    CompletableFuture<Decision> last = decideFor("hostile", "bad", "acme/chat");
    for (int i = 0; i < TokenReviewAuthorizer.ASKED_AT_ONCE; i++) {
      last = decideFor("hostile", "bad-" + i, "acme/chat");
    }
    assertThat(last).isCompletedWithValueMatching(Decision.Unavailable.class::isInstance);
    CompletableFuture<Decision> honest = decide();
    tasks.remove().run();

    assertThat(honest).isCompletedWithValue(ALLOWED);
    pass(Duration.ofMillis(100));
    CompletableFuture<Decision> later = decideFor("hostile", "good", "acme/chat");
    run();
    assertThat(later).as("room comes back").isCompletedWithValue(ALLOWED);
  }

  @Test
  void aFloodOfBadTokensFromOneHostIsLimitedToTheRateOfReviews() {
    reviewer.good = false;
    int refused = 0;
    for (int second = 0; second < 10; second++) {
      for (int i = 0; i < 1000; i++) {
        CompletableFuture<Decision> decision =
            decideFor("hostile", "bad-" + second + "-" + i, "acme/chat");
        run();
        refused += decision.join() instanceof Decision.Unavailable ? 1 : 0;
        pass(Duration.ofMillis(1));
      }
    }

    assertThat(reviewer.asked())
        .hasSizeBetween(
            TokenReviewAuthorizer.ASKED_AT_ONCE + 9 * TokenReviewAuthorizer.ASKED_PER_SECOND,
            TokenReviewAuthorizer.ASKED_AT_ONCE + 10 * TokenReviewAuthorizer.ASKED_PER_SECOND);
    assertThat(refused).isGreaterThan(9_800);
    reviewer.good = true;
    assertThat(decided()).as("a newcomer from elsewhere").isEqualTo(ALLOWED);
  }

  @Test
  void aTooFastCallerGetsARetryTimeAndCachedDecisionsCostNothing() {
    decided();
    reviewer.good = false;
    CompletableFuture<Decision> last = decide("bad", "acme/chat");
    for (int i = 0; i < TokenReviewAuthorizer.ASKED_AT_ONCE; i++) {
      last = decide("bad-" + i, "acme/chat");
      run();
    }

    assertThat(last.join())
        .isEqualTo(
            new Decision.Unavailable(
                "more than 10 unknown callers a second come from this address; try again",
                Duration.ofMillis(100)));
    for (int i = 0; i < 1000; i++) {
      assertThat(decide()).isCompletedWithValue(ALLOWED);
      assertThat(decide("bad", "acme/chat"))
          .isCompletedWithValueMatching(Decision.Unauthenticated.class::isInstance);
    }
  }

  /** A proxy has one address, and may have thousands of callers behind it. */
  @Test
  void aThousandGoodCallersBehindOneAddressAreNotTooMany() {
    for (int i = 0; i < 1000; i++) {
      CompletableFuture<Decision> decision = decideFor("proxy", "caller-" + i, "acme/chat");
      run();
      assertThat(decision).isCompletedWithValue(ALLOWED);
    }
  }

  @Test
  void aGoodTokenWithoutRightsFloodsNeitherWithTargets() {
    reviewer.holds = false;
    for (int i = 0; i < 1000; i++) {
      decide("t", "acme/chat-" + i);
      run();
    }

    assertThat(reviewer.asked()).hasSize(1 + TokenReviewAuthorizer.ASKED_AT_ONCE);
  }

  @Test
  void aTokenRejectedByItsClaimsIsNotReviewed() {
    TokenReviewAuthorizer forUs = accessFor(List.of("pushfanout"));
    for (int i = 0; i < 1000; i++) {
      for (String token : List.of("opaque-" + i, WebTokens.of("{\"aud\":\"x" + i + "\"}"))) {
        assertThat(
                forUs.decide(
                    new Credentials(new BearerToken(token), null, "host"), Right.ALL_TARGETS))
            .isCompletedWithValueMatching(Decision.Unauthenticated.class::isInstance);
      }
    }
    CompletableFuture<Decision> good =
        forUs.decide(
            new Credentials(
                new BearerToken(WebTokens.of("{\"aud\":[\"pushfanout\"]}")), null, "host"),
            Right.ALL_TARGETS);
    run();

    assertThat(good).isCompletedWithValue(ALLOWED);
    assertThat(reviewer.asked()).hasSize(2);
  }

  @Test
  void aQuestionThatWaitedTooLongIsNotReviewed() {
    CompletableFuture<Decision> decision = decide();
    pass(DecisionCache.WAIT_MAX.plusMillis(1));
    run();

    assertThat(decision).isCompletedWithValueMatching(Decision.Unavailable.class::isInstance);
    assertThat(reviewer.asked()).isEmpty();
    assertThat(decided()).as("the next time").isEqualTo(ALLOWED);
  }

  @Test
  void aQuestionThatFailsIsAnsweredAndTheNextOneAsked() {
    reviewer.broken = true;
    assertThat(decided())
        .isEqualTo(
            new Decision.Unavailable("authentication is temporarily unavailable; try again"));
    reviewer.broken = false;
    assertThat(decided()).isEqualTo(ALLOWED);
  }

  @Test
  void badTokensDisplaceNoGoodOne() {
    decided();
    reviewer.good = false;
    for (int i = 0; i < 20_100; i++) {
      decideFor("host-" + i, "bad-" + i, "acme/chat");
      run();
    }

    assertThat(decide()).isCompletedWithValue(ALLOWED);
  }

  @Test
  void aFailureOfTheReviewerItselfEndsTheQuestion() {
    TokenReviewAuthorizer closed =
        new TokenReviewAuthorizer(
            reviewer,
            List.of(),
            _ -> {
              throw new RejectedExecutionException();
            },
            () -> BEGIN,
            () -> 0);
    Credentials credentials = new Credentials(new BearerToken("t"), null, "host");

    for (int i = 0; i < 100; i++) {
      assertThat(closed.decide(credentials, Right.ALL_TARGETS).join())
          .isInstanceOf(Decision.Unavailable.class);
    }
  }
}
