package io.pushfanout.discovery;

import io.pushfanout.discovery.source.Backoff;
import io.pushfanout.discovery.source.RestartableTimer;
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
 * A key under a lease. It grants the lease and puts the key. Three times in each ttl it keeps the
 * lease alive and checks that the key exists under one of its own leases. A lost lease or key is
 * made again. A failed call is retried on a new connection with the present lease, which may have
 * survived.
 *
 * <p>A key under a foreign lease is left alone: a newer process at the same address holds it, and a
 * key taken from it would be deleted at this one's end.
 *
 * <p>On one thread alone, where answers are handled too; an answer of an earlier connection is
 * ignored.
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
  private final RestartableTimer next;

  /** Leases that this key ever had: a late put of an earlier lease may hold the key for a while. */
  private final Set<Long> ours = new HashSet<>();

  private @Nullable Leases leases;
  private long lease = NONE;
  private boolean left;
  private boolean failing;
  private boolean taken;
  private volatile boolean registered;

  /**
   * @param where etcd's endpoints, for messages
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
    this.next = new RestartableTimer(thread);
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
    send(
        leases -> leases.grant(ttl),
        granted -> {
          lease = granted;
          ours.add(granted);
          put();
        });
  }

  private void put() {
    send(leases -> leases.put(key, value, lease), _ -> present());
  }

  private void keepAlive() {
    send(
        leases -> leases.keepAlive(lease),
        alive -> {
          if (alive) {
            check();
          } else {
            registered = false;
            log.warn("the lease of {} was lost; it registers again", key);
            grant();
          }
        });
  }

  private void check() {
    send(
        leases -> leases.leaseOf(key),
        holder -> {
          if (holder == lease) {
            present();
          } else if (holder == Leases.NO_KEY || ours.contains(holder)) {
            registered = false;
            log.warn("{} was gone; it registers again", key);
            put();
          } else {
            heldByAnother();
          }
        });
  }

  private void present() {
    if (!registered || taken) {
      log.info("registered as {}", key);
    }
    taken = false;
    settled();
  }

  private void heldByAnother() {
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
    EtcdFailure failure = EtcdFailure.of(thrown);
    Leases ended = leases;
    leases = null;
    // First, so that another attempt follows even if the rest fails.
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
   * Deletes the key with its lease, if that succeeds in time.
   *
   * @param then runs once, after the deletion or the time limit
   */
  void leave(Duration time, Runnable then) {
    left = true;
    registered = false;
    next.cancel();
    Leases present = leases;
    leases = null;
    if (lease != NONE) {
      new LeaseRevocation(source, thread, lease, time, failure -> left(failure, then))
          .begin(present);
      return;
    }
    if (present != null) {
      present.close();
    }
    then.run();
  }

  private void left(@Nullable Throwable failure, Runnable then) {
    if (failure != null) {
      log.warn("{} goes only when its lease ends: {}", key, EtcdFailure.of(failure).reason());
    }
    then.run();
  }

  private <T> void send(Function<Leases, CompletableFuture<T>> request, Consumer<T> then) {
    Leases receiver = leases;
    if (receiver == null) {
      return;
    }
    orFailed(
        () ->
            request
                .apply(receiver)
                .whenComplete(
                    (answer, failure) ->
                        onThread(() -> orFailed(() -> answered(receiver, answer, failure, then)))));
  }

  private <T> void answered(
      Leases receiver, T answer, @Nullable Throwable failure, Consumer<T> then) {
    if (!receiver.equals(leases)) {
      return;
    }
    if (failure == null) {
      then.accept(answer);
    } else {
      failed(failure);
    }
  }

  /** Runs a task; a failure of this side is retried like a failure of etcd. */
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
      // Closed: no caller waits for the result.
    }
  }
}
