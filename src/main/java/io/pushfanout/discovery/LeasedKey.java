package io.pushfanout.discovery;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one key under a lease: grants it, puts the key, and then, three times in each ttl, keeps
 * the lease alive and looks whether the key is there and ours. Whatever is gone is made again;
 * whatever fails is tried again on a new connection, with the lease that it has, which may have
 * survived.
 *
 * <p>A key that a lease of somebody else's holds is left to them: it is a newer process at the same
 * address, and to take it from them would take it away with our own end.
 *
 * <p>On one thread alone, where the answers are taken too; an answer of a connection that is not
 * the present one is ignored.
 */
final class LeasedKey {
  private static final Logger log = LoggerFactory.getLogger(LeasedKey.class);
  private static final long NONE = 0;

  private final String key;
  private final String value;
  private final Duration ttl;
  private final String where;
  private final Leases.Source source;
  private final ScheduledExecutorService thread;
  private final Backoff backoff;
  private final Timer next;

  /** All that this ever had: a late put of an earlier one may hold the key for a while. */
  private final Set<Long> ours = new HashSet<>();

  private @Nullable Leases leases;
  private long lease = NONE;
  private boolean left;
  private boolean failing;
  private boolean taken;
  private volatile boolean registered;

  /**
   * @param where etcd is, for messages
   */
  LeasedKey(
      String key,
      String value,
      Duration ttl,
      String where,
      Leases.Source source,
      ScheduledExecutorService thread,
      RandomGenerator random) {
    this.key = key;
    this.value = value;
    this.ttl = ttl;
    this.where = where;
    this.source = source;
    this.thread = thread;
    this.backoff = new Backoff(random);
    this.next = new Timer(thread);
  }

  boolean isRegistered() {
    return registered;
  }

  void start() {
    if (left || leases != null) {
      return;
    }
    try {
      leases = source.open();
      if (lease == NONE) {
        grant();
      } else {
        keepAlive();
      }
    } catch (Throwable e) {
      failed(e);
    }
  }

  private void grant() {
    ask(
        leases -> leases.grant(ttl),
        granted -> {
          lease = granted;
          ours.add(granted);
          put();
        });
  }

  private void put() {
    ask(leases -> leases.put(key, value, lease), _ -> isThere());
  }

  private void keepAlive() {
    ask(
        leases -> leases.keepAlive(lease),
        alive -> {
          if (alive) {
            look();
          } else {
            registered = false;
            log.warn("the lease of {} was lost; it registers again", key);
            grant();
          }
        });
  }

  private void look() {
    ask(
        leases -> leases.leaseOf(key),
        holder -> {
          if (holder == lease) {
            isThere();
          } else if (holder == Leases.NO_KEY || ours.contains(holder)) {
            registered = false;
            log.warn("{} was gone; it registers again", key);
            put();
          } else {
            isTaken();
          }
        });
  }

  private void isThere() {
    if (!registered || taken) {
      log.info("registered as {}", key);
    }
    taken = false;
    settled();
  }

  private void isTaken() {
    if (!taken) {
      taken = true;
      log.warn("{} was registered by another process too, and is left to it", key);
    }
    settled();
  }

  private void settled() {
    registered = true;
    failing = false;
    backoff.reset();
    next.set(ttl.dividedBy(3), this::keepAlive);
  }

  private void failed(Throwable thrown) {
    registered = false;
    Failure failure = Failure.of(thrown);
    Leases ended = leases;
    leases = null;
    // First: whatever of the rest fails, there is another attempt.
    next.set(failure.refused() ? backoff.nextAfterRefusal() : backoff.next(), this::start);
    if (!failing) {
      failing = true;
      log.warn("cannot register as {} at {} for now: {}", key, where, failure.reason());
    }
    if (ended != null) {
      ended.close();
    }
  }

  /**
   * Takes the key away with its lease, if that can be done in time.
   *
   * @param then runs once, after that or when the time is over
   */
  void leave(Duration time, Runnable then) {
    left = true;
    registered = false;
    next.cancel();
    Leases present = leases;
    leases = null;
    if (lease != NONE) {
      new Departure(source, thread, lease, time, failure -> left(failure, then)).begin(present);
      return;
    }
    if (present != null) {
      present.close();
    }
    then.run();
  }

  private void left(@Nullable Throwable failure, Runnable then) {
    if (failure != null) {
      log.warn("{} goes only when its lease ends: {}", key, Failure.of(failure).reason());
    }
    then.run();
  }

  private <T> void ask(Function<Leases, CompletableFuture<T>> question, Consumer<T> then) {
    Leases asked = leases;
    if (asked == null) {
      return;
    }
    orFailed(
        () ->
            question
                .apply(asked)
                .whenComplete(
                    (answer, failure) ->
                        onThread(() -> orFailed(() -> answered(asked, answer, failure, then)))));
  }

  private <T> void answered(Leases asked, T answer, @Nullable Throwable failure, Consumer<T> then) {
    if (!asked.equals(leases)) {
      return;
    }
    if (failure == null) {
      then.accept(answer);
    } else {
      failed(failure);
    }
  }

  /** What fails on our side is tried again as what fails on etcd's is. */
  private void orFailed(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      if (!left) {
        failed(e);
      }
    }
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException _) {
      // Closed: nobody waits for it.
    }
  }
}
