package io.pushfanout.auth;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.share.FairExecutor;
import io.pushfanout.share.Shares;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache of answers from a slow source, each for its lifetime. A question that is already pending
 * is not sent a second time.
 *
 * <p>An answer in use is renewed before it expires, so that no caller waits for the renewal. Good
 * answers have a cache and an executor of their own: a flood of invalid questions neither displaces
 * them nor delays their renewal. New questions of other peers stay possible: peers take turns, and
 * one peer has at most half of the places.
 *
 * <p>Any thread may call its methods; only threads of the executor block.
 */
final class DecisionCache<K, V> {
  /** The logger of the only user. */
  private static final Logger log = LoggerFactory.getLogger(TokenReviewAuthorizer.class);

  private static final LogLimit FAILURES = new LogLimit(10, System::nanoTime);

  /** Largest number of good answers, and of other answers. */
  private static final int KEPT_MAX = 10_000;

  /** Largest number of new questions at work at a time, and of renewals. */
  static final int ASKED_MAX = 32;

  /**
   * Largest number of new questions at work or waiting, and of renewals; one peer has at most half.
   */
  static final int OPEN_MAX = 1024;

  /** Longest wait of a question; an older one is dropped, since its caller may be gone. */
  static final Duration WAIT_MAX = Duration.ofSeconds(10);

  /** Time to the next attempt after a failed renewal. */
  private static final Duration RENEW_AGAIN = Duration.ofSeconds(1);

  private final Cache<K, Known<V>> good = CacheBuilder.newBuilder().maximumSize(KEPT_MAX).build();
  private final Cache<K, Known<V>> others = CacheBuilder.newBuilder().maximumSize(KEPT_MAX).build();
  private final ConcurrentMap<K, CompletableFuture<V>> pending = new ConcurrentHashMap<>();
  private final Shares openQuestions = new Shares(OPEN_MAX);
  private final Shares openRenewals = new Shares(OPEN_MAX);
  private final FairExecutor questions;
  private final FairExecutor renewals;
  private final LongSupplier nanoClock;
  private final V tooMany;
  private final V failed;

  /**
   * An answer and its lifetime.
   *
   * @param lasting the time for which it may be reused; zero: it is not reused
   */
  record Answer<V>(V value, Kind kind, Duration lasting) {}

  /** A question to the slow source. */
  interface Question<V> {
    /**
     * Returns an answer that needs no source and is not cached; empty if the source is needed.
     * Renewals do not call this. Must neither block nor throw.
     */
    Optional<V> atOnce();

    /** Returns the source's answer. May block, and must not throw. */
    Answer<V> ask();
  }

  /** The kind of an answer, which decides the cache that keeps it. */
  enum Kind {
    GOOD,
    BAD,
    /** The source gave no answer; a cached good answer stays valid. */
    MISSING
  }

  private static final class Known<V> {
    final CompletableFuture<V> value;
    final long untilNanos;
    volatile long renewNanos;

    Known(V value, long nowNanos, Duration lasting) {
      this.value = CompletableFuture.completedFuture(value);
      untilNanos = nowNanos + lasting.toNanos();
      renewNanos = nowNanos + lasting.toNanos() * 2 / 3;
    }
  }

  /**
   * @param tooMany the answer while too many questions wait, or after one has waited for too long
   * @param failed the answer to a question that threw
   */
  DecisionCache(Executor executor, LongSupplier nanoClock, V tooMany, V failed) {
    this.questions = new FairExecutor(executor, ASKED_MAX);
    this.renewals = new FairExecutor(executor, ASKED_MAX);
    this.nanoClock = nanoClock;
    this.tooMany = tooMany;
    this.failed = failed;
  }

  /**
   * Returns the answer, from the cache if possible.
   *
   * @param peer the peer of the caller, compared by {@code equals}
   */
  CompletableFuture<V> get(K key, Object peer, Question<V> question) {
    long now = nanoClock.getAsLong();
    Known<V> known = known(good, key, now);
    if (known == null) {
      known = known(others, key, now);
      return known == null ? startQuestion(key, peer, question) : known.value;
    }
    if (now - known.renewNanos >= 0) {
      known.renewNanos = now + RENEW_AGAIN.toNanos();
      var _ = ask(key, peer, question, openRenewals, renewals);
    }
    return known.value;
  }

  private @Nullable Known<V> known(Cache<K, Known<V>> cache, K key, long now) {
    Known<V> known = cache.getIfPresent(key);
    return known == null || now - known.untilNanos >= 0 ? null : known;
  }

  private CompletableFuture<V> startQuestion(K key, Object peer, Question<V> question) {
    CompletableFuture<V> other = pending.get(key);
    if (other != null) {
      return other;
    }
    Optional<V> atOnce = question.atOnce();
    return atOnce.isPresent()
        ? CompletableFuture.completedFuture(atOnce.get())
        : ask(key, peer, question, openQuestions, questions);
  }

  private CompletableFuture<V> ask(
      K key, Object peer, Question<V> question, Shares open, FairExecutor executor) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> other = pending.putIfAbsent(key, mine);
    if (other != null) {
      return other;
    }
    if (!open.tryTake(peer)) {
      pending.remove(key);
      mine.complete(tooMany);
      return mine;
    }
    Consumer<V> end =
        value -> {
          open.giveBack(peer);
          pending.remove(key);
          mine.complete(value);
        };
    long since = nanoClock.getAsLong();
    try {
      executor.execute(peer, () -> end.accept(answer(key, question, since)));
    } catch (RejectedExecutionException _) {
      // The executor is shut down, because the process ends.
      end.accept(tooMany);
    }
    return mine;
  }

  private V answer(K key, Question<V> question, long since) {
    if (nanoClock.getAsLong() - since > WAIT_MAX.toNanos()) {
      return tooMany;
    }
    try {
      return keep(key, question.ask());
    } catch (RuntimeException e) {
      FAILURES.write(note -> log.error("a caller could not be authenticated{}", note, e));
      return failed;
    }
  }

  private V keep(K key, Answer<V> answer) {
    Known<V> known = new Known<>(answer.value(), nanoClock.getAsLong(), answer.lasting());
    switch (answer.kind()) {
      case GOOD -> {
        good.put(key, known);
        others.invalidate(key);
      }
      case BAD -> {
        good.invalidate(key);
        others.put(key, known);
      }
      case MISSING -> others.put(key, known);
    }
    return answer.value();
  }
}
