package io.pushfanout.access;

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
 * What somebody slow has answered, for as long as each answer holds. A question that is being asked
 * already is not asked twice.
 *
 * <p>An answer that is in use is renewed before its end, so that nobody waits for that. Good
 * answers have room and turns of their own: whoever asks for nonsense, at whatever rate, neither
 * displaces them nor hinders their renewal. Nor does it keep others from asking something new:
 * peers take turns, and one of them has half of the places only.
 *
 * <p>May be used from any thread; none is blocked but the executor's.
 */
final class Answers<K, V> {
  /** Of whose questions they are. */
  private static final Logger log = LoggerFactory.getLogger(ReviewedAccess.class);

  private static final LogLimit FAILURES = new LogLimit(10, System::nanoTime);

  /** Of good answers and of others, each. */
  private static final int KEPT_MAX = 10_000;

  /** New questions that are asked at a time, and as many renewals. */
  static final int ASKED_MAX = 32;

  /** Those that are asked and those that wait for it, of each sort; of one peer half of them. */
  static final int OPEN_MAX = 1024;

  /** A question that waited for so long is not asked any more: who asks is slow, or away. */
  static final Duration WAIT_MAX = Duration.ofSeconds(10);

  /** After a renewal that came to nothing. */
  private static final Duration RENEW_AGAIN = Duration.ofSeconds(1);

  private final Cache<K, Known<V>> good = CacheBuilder.newBuilder().maximumSize(KEPT_MAX).build();
  private final Cache<K, Known<V>> others = CacheBuilder.newBuilder().maximumSize(KEPT_MAX).build();
  private final ConcurrentMap<K, CompletableFuture<V>> asked = new ConcurrentHashMap<>();
  private final Shares openQuestions = new Shares(OPEN_MAX);
  private final Shares openRenewals = new Shares(OPEN_MAX);
  private final FairExecutor questions;
  private final FairExecutor renewals;
  private final LongSupplier nanoClock;
  private final V tooMany;
  private final V failed;

  /**
   * An answer.
   *
   * @param lasting how long it may be given to others; zero is not at all
   */
  record Answer<V>(V value, Kind kind, Duration lasting) {}

  /** What is to be answered. */
  interface Question<V> {
    /**
     * An answer before anybody is asked, which is not kept; empty: ask. Renewals are asked without
     * it. Must neither block nor throw.
     */
    Optional<V> atOnce();

    /** May block, and must not throw. */
    Answer<V> ask();
  }

  /** What an answer is worth. */
  enum Kind {
    GOOD,
    BAD,
    /** None at all: a good one that is known still holds. */
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
   * @param tooMany is the answer while too many questions wait, or one has waited for too long
   * @param failed is the answer to a question that broke
   */
  Answers(Executor executor, LongSupplier nanoClock, V tooMany, V failed) {
    this.questions = new FairExecutor(executor, ASKED_MAX);
    this.renewals = new FairExecutor(executor, ASKED_MAX);
    this.nanoClock = nanoClock;
    this.tooMany = tooMany;
    this.failed = failed;
  }

  /**
   * The answer, which may be known.
   *
   * @param peer peers are told apart by being equal or not
   */
  CompletableFuture<V> get(K key, Object peer, Question<V> question) {
    long now = nanoClock.getAsLong();
    Known<V> known = known(good, key, now);
    if (known == null) {
      known = known(others, key, now);
      return known == null ? askAnew(key, peer, question) : known.value;
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

  private CompletableFuture<V> askAnew(K key, Object peer, Question<V> question) {
    CompletableFuture<V> other = asked.get(key);
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
    CompletableFuture<V> other = asked.putIfAbsent(key, mine);
    if (other != null) {
      return other;
    }
    if (!open.tryTake(peer)) {
      asked.remove(key);
      mine.complete(tooMany);
      return mine;
    }
    Consumer<V> end =
        value -> {
          open.giveBack(peer);
          asked.remove(key);
          mine.complete(value);
        };
    long since = nanoClock.getAsLong();
    try {
      executor.execute(peer, () -> end.accept(answer(key, question, since)));
    } catch (RejectedExecutionException _) {
      // The program ends.
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
      FAILURES.write(note -> log.error("a caller could not be looked at{}", note, e));
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
