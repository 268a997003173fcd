package io.pushfanout.lookup;

import com.google.common.net.InetAddresses;
import io.pushfanout.concurrent.Threads;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up, for any number of askers and from any thread.
 *
 * <p>A look-up blocks in native code and nothing interrupts it, so its thread is a daemon of the
 * platform. Askers of one name share the look-up that is under way, unless it is old, or older than
 * the news that an asker has: then another one runs beside it. Threads are bounded for each name
 * and in all, and a name that has to be looked up twice at a time takes none that other names need.
 */
public final class LookUps {
  static final int MOST_THREADS = 64;
  static final int MOST_OF_A_NAME = 4;

  /** Above so many, a second look-up of a name is left out. */
  static final int MOST_FOR_SECOND_LOOKUPS = MOST_THREADS / 2;

  /** A look-up that took so long has probably lost a packet; its system asks again after 5 s. */
  static final Duration OLD = Duration.ofSeconds(2);

  private final NameService names;
  private final Executor threads;
  private final LongSupplier nanoClock;

  /** By name, oldest first. With what follows it is guarded by {@code this}. */
  private final Map<String, Deque<LookUp>> underWay = new HashMap<>();

  /** Those that no thread has begun yet; empty while a thread is to be had. */
  private final Deque<LookUp> waiting = new ArrayDeque<>();

  private int busy;

  private record LookUp(String host, long since, CompletableFuture<List<InetAddress>> answer) {
    LookUp(String host, long since) {
      this(host, since, new CompletableFuture<>());
    }
  }

  /** By the system's resolver. */
  public LookUps() {
    this(InetAddress::getAllByName);
  }

  public LookUps(NameService names) {
    this(names, Threads.pool("pushfanout-lookup"), System::nanoTime);
  }

  /**
   * @param threads has a thread for each of at most {@value #MOST_THREADS} tasks
   */
  public LookUps(NameService names, Executor threads, LongSupplier nanoClock) {
    this.names = names;
    this.threads = threads;
    this.nanoClock = nanoClock;
  }

  /**
   * Looks a name up; an address in place of a name is its own answer. Never throws, never blocks.
   *
   * @param fresh whether the answer of a look-up that has begun already is too old; within the
   *     bounds of threads
   * @return at least one address; or UnknownHostException, or whatever kept the look-up from being
   *     made. Completed on any thread, and without a bound of time
   */
  public CompletionStage<List<InetAddress>> of(String host, boolean fresh) {
    try {
      if (InetAddresses.isInetAddress(host)) {
        return CompletableFuture.completedStage(List.of(InetAddresses.forString(host)));
      }
      LookUp begun = new LookUp(host, nanoClock.getAsLong());
      LookUp joined = joined(begun, fresh);
      if (joined != null) {
        return joined.answer;
      }
      return begin(begun).answer;
    } catch (Throwable e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /** Returns one that is under way and good enough, or null: then the new one has its place. */
  private synchronized @Nullable LookUp joined(LookUp begun, boolean fresh) {
    Deque<LookUp> same = underWay.computeIfAbsent(begun.host, _ -> new ArrayDeque<>());
    LookUp newest = same.peekLast();
    if (newest != null && (isGoodEnough(newest, begun, fresh) || !maySecond(same))) {
      return newest;
    }
    same.add(begun);
    return null;
  }

  private boolean isGoodEnough(LookUp newest, LookUp begun, boolean fresh) {
    boolean young = begun.since - newest.since < OLD.toNanos();
    return waiting.contains(newest) || (young && !fresh);
  }

  private boolean maySecond(Deque<LookUp> same) {
    return same.size() < MOST_OF_A_NAME && busy < MOST_FOR_SECOND_LOOKUPS;
  }

  private LookUp begin(LookUp begun) {
    synchronized (this) {
      if (busy == MOST_THREADS) {
        waiting.add(begun);
        return begun;
      }
      busy++;
    }
    try {
      threads.execute(() -> work(begun));
    } catch (Throwable e) {
      // An Error as a rule, "unable to create native thread": nobody else ends this look-up.
      synchronized (this) {
        busy--;
      }
      forget(begun);
      begun.answer.completeExceptionally(e);
    }
    return begun;
  }

  private void work(LookUp first) {
    for (LookUp next = first; next != null; next = nextWaiting()) {
      lookUp(next);
    }
  }

  private synchronized @Nullable LookUp nextWaiting() {
    LookUp next = waiting.poll();
    if (next == null) {
      busy--;
    }
    return next;
  }

  private void lookUp(LookUp begun) {
    try {
      List<InetAddress> found = List.of(names.addressesOf(begun.host));
      forget(begun);
      begun.answer.complete(found);
    } catch (Throwable e) {
      forget(begun);
      begun.answer.completeExceptionally(e);
    }
  }

  private synchronized void forget(LookUp ended) {
    Deque<LookUp> same = underWay.get(ended.host);
    if (same != null && same.remove(ended) && same.isEmpty()) {
      underWay.remove(ended.host);
    }
  }

  /** How many names are being looked up. */
  synchronized int names() {
    return underWay.size();
  }
}
