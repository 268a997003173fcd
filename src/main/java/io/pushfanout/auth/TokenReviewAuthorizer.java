package io.pushfanout.auth;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.hash.HashCode;
import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.DecisionCache.Answer;
import io.pushfanout.auth.DecisionCache.Kind;
import io.pushfanout.auth.DecisionCache.Question;
import io.pushfanout.auth.TokenReviewer.Review;
import io.pushfanout.auth.TokenReviewer.ReviewException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An access check by a {@link TokenReviewer}, whose decisions are cached for a few seconds. If the
 * reviewer is unavailable, only callers with a recent positive decision are allowed.
 *
 * <p>{@link TokenLook} rejects tokens before a review, and a rate limits the reviews of each peer.
 * A review with a positive result does not count against that rate: a proxy with many valid callers
 * is one peer, and a flood has no valid tokens.
 */
public final class TokenReviewAuthorizer implements Authorizer {
  /** Lifetime of a positive decision, counted from the review of its token. */
  static final Duration ALLOWED_FOR = Duration.ofSeconds(10);

  /** Lifetime of a negative decision: a new grant is in force after this time at the latest. */
  static final Duration REFUSED_FOR = Duration.ofSeconds(3);

  /** Lifetime of a token's review for decisions on other targets of the same caller. */
  private static final Duration REVIEWED_FOR = Duration.ofSeconds(3);

  /** Time to the next request to an unavailable reviewer. */
  static final Duration UNAVAILABLE_FOR = Duration.ofSeconds(1);

  private static final Decision BAD_TOKEN =
      new Decision.Unauthenticated("the bearer token is not valid here, or has expired");

  private static final Decision NOT_NOW =
      new Decision.Unavailable("authentication is temporarily unavailable; try again");

  private static final int REVIEWS_MAX = 10_000;

  /** Reviews of one peer at once after an idle time: the callers behind a proxy start together. */
  static final int ASKED_AT_ONCE = 50;

  /** Reviews of one peer per second in the long run, except those with a positive result. */
  static final int ASKED_PER_SECOND = 10;

  private final TokenReviewer reviewer;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final TokenLook precheck;
  private final DecisionCache<Key, Decision> decisions;
  private final Rates rates;
  private final Cache<HashCode, Reviewed> reviews =
      CacheBuilder.newBuilder().maximumSize(REVIEWS_MAX).build();

  /**
   * @param right null: the identity alone
   */
  private record Key(HashCode token, @Nullable Right right) {}

  private record Reviewed(Review review, long nanos) {}

  /**
   * @param audiences the audiences that the reviewer requires of a token; none: the reviewer's own
   * @param executor runs the reviews, which block
   * @param clock the time source for the expiry of tokens
   */
  public TokenReviewAuthorizer(
      TokenReviewer reviewer,
      List<String> audiences,
      Executor executor,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.reviewer = reviewer;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.precheck = new TokenLook(audiences, clock);
    this.rates = new Rates(ASKED_AT_ONCE, ASKED_PER_SECOND, nanoClock);
    this.decisions =
        new DecisionCache<>(
            executor,
            nanoClock,
            new Decision.Unavailable("too many callers are being authenticated; try again"),
            NOT_NOW);
  }

  @Override
  public CompletableFuture<Decision> decide(Credentials credentials, Right right) {
    return cached(credentials, right);
  }

  /** Asks for a review of the token alone: a right that nobody needs could be missing. */
  @Override
  public CompletableFuture<Decision> identify(Credentials credentials) {
    return cached(credentials, null);
  }

  private CompletableFuture<Decision> cached(Credentials credentials, @Nullable Right right) {
    BearerToken token = credentials.token();
    return token == null
        ? CompletableFuture.completedFuture(Credentials.NO_TOKEN)
        : decisions.get(
            new Key(token.hash(), right),
            credentials.peer(),
            new Undecided(token, right, credentials.peer()));
  }

  /**
   * A question about one token and one right, without a cached decision or with one that expires
   * soon.
   */
  private final class Undecided implements Question<Decision> {
    private final BearerToken token;
    private final @Nullable Right right;
    private final Object peer;

    /**
     * Whether the review counts against the rate; written before the executor gets the question,
     * read by the executor.
     */
    private boolean counted;

    Undecided(BearerToken token, @Nullable Right right, Object peer) {
      this.token = token;
      this.right = right;
      this.peer = peer;
    }

    @Override
    public Optional<Decision> atOnce() {
      Optional<Decision> refused = precheck.refuse(token);
      return refused.isPresent() ? refused : tooFast();
    }

    private Optional<Decision> tooFast() {
      Duration wait = rates.takeOrWait(peer);
      counted = wait.isZero();
      return counted
          ? Optional.empty()
          : Optional.of(
              new Decision.Unavailable(
                  "more than %d unknown callers a second come from this address; try again"
                      .formatted(ASKED_PER_SECOND),
                  wait));
    }

    @Override
    public Answer<Decision> ask() {
      Answer<Decision> answer = TokenReviewAuthorizer.this.ask(token, right);
      if (counted && answer.kind() == Kind.GOOD) {
        rates.giveBack(peer);
      }
      return answer;
    }
  }

  private Answer<Decision> ask(BearerToken token, @Nullable Right right) {
    try {
      Reviewed reviewed = review(token);
      return switch (reviewed.review()) {
        case Review.Bad() -> new Answer<>(BAD_TOKEN, Kind.BAD, REFUSED_FOR);
        case Review.Good good -> ask(good, reviewed.nanos(), right);
      };
    } catch (ReviewException _) {
      // The reviewer has logged the cause, which is not for callers.
      return new Answer<>(NOT_NOW, Kind.MISSING, UNAVAILABLE_FOR);
    }
  }

  private Answer<Decision> ask(Review.Good good, long reviewedNanos, @Nullable Right right)
      throws ReviewException {
    // A reviewer may cache a token beyond its expiry: an API server does, for 10 s.
    Duration life =
        good.expires() == null ? ALLOWED_FOR : Duration.between(clock.instant(), good.expires());
    if (!life.isPositive()) {
      return new Answer<>(BAD_TOKEN, Kind.BAD, REFUSED_FOR);
    }
    String caller = "kubernetes:" + good.user().name();
    if (right != null && !reviewer.holds(good.user(), right)) {
      return new Answer<>(Decision.Denied.of(caller, right), Kind.BAD, REFUSED_FOR);
    }
    Duration left = ALLOWED_FOR.minusNanos(nanoClock.getAsLong() - reviewedNanos);
    left = life.compareTo(left) < 0 ? life : left;
    return new Answer<>(
        new Decision.Allowed(caller), Kind.GOOD, left.isNegative() ? Duration.ZERO : left);
  }

  private Reviewed review(BearerToken token) throws ReviewException {
    Reviewed known = known(token.hash());
    if (known == null) {
      // The time is read before the request: later changes may not be in the answer.
      long nanos = nanoClock.getAsLong();
      known = new Reviewed(reviewer.review(token.secret()), nanos);
      reviews.put(token.hash(), known);
    }
    return known;
  }

  private @Nullable Reviewed known(HashCode token) {
    Reviewed known = reviews.getIfPresent(token);
    boolean fresh = known != null && nanoClock.getAsLong() - known.nanos() < REVIEWED_FOR.toNanos();
    return fresh ? known : null;
  }
}
