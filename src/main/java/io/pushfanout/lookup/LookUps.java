package io.pushfanout.lookup;

import com.google.common.net.InetAddresses;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.share.PartyQueue;
import io.pushfanout.share.Shares;
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
 * platform. Askers of one party and name share the look-up that is under way, unless it is old, or
 * older than the news that an asker has: then another one runs beside it. Threads are bounded for
 * each name and in all; parties have their shares of them, and what waits for one is begun by
 * turns. So names that a name server does not answer keep nobody else's waiting. A name that has to
 * be looked up twice at a time takes no thread that other names of its party need.
 */
public final class LookUps {
  /** Half of them for one party alone. */
  static final int MOST_THREADS = 128;

  static final int MOST_OF_A_NAME = 4;

  /** Above so many of its party, a second look-up of a name is left out. */
  static final int MOST_FOR_SECOND_LOOKUPS = MOST_THREADS / 4;

  /** A look-up that took so long has probably lost a packet; its system asks again after 5 s. */
  static final Duration OLD = Duration.ofSeconds(2);

  private final NameService names;
  private final Executor threads;
  private final LongSupplier nanoClock;

  /** Oldest first. With what follows it is guarded by {@code this}. */
  private final Map<Name, Deque<LookUp>> underWay = new HashMap<>();

  /** Those that no thread has begun yet. */
  private final PartyQueue<LookUp> waiting = new PartyQueue<>();

  /** Threads that are busy. */
  private final Shares busy = new Shares(MOST_THREADS);

  private record Name(Object party, String host) {}

  private static final class LookUp {
    final Name name;
    final long since;
    final CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
    boolean waits;

    LookUp(Name name, long since) {
      this.name = name;
      this.since = since;
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
   * @param party for whom: parties are told apart by being equal or not
   * @param fresh whether the answer of a look-up that has begun already is too old; within the
   *     bounds of threads
   * @return at least one address; or UnknownHostException, or whatever kept the look-up from being
   *     made. Completed on any thread, and without a bound of time
   */
  public CompletionStage<List<InetAddress>> of(Object party, String host, boolean fresh) {
    try {
      if (InetAddresses.isInetAddress(host)) {
        return CompletableFuture.completedStage(List.of(InetAddresses.forString(host)));
      }
      LookUp begun = new LookUp(new Name(party, host), nanoClock.getAsLong());
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
    Deque<LookUp> same = underWay.computeIfAbsent(begun.name, _ -> new ArrayDeque<>());
    LookUp newest = same.peekLast();
    if (newest != null
        && (isGoodEnough(newest, begun, fresh) || !maySecond(begun.name.party, same))) {
      return newest;
    }
    same.add(begun);
    return null;
  }

  private boolean isGoodEnough(LookUp newest, LookUp begun, boolean fresh) {
    boolean young = begun.since - newest.since < OLD.toNanos();
    return newest.waits || (young && !fresh);
  }

  private boolean maySecond(Object party, Deque<LookUp> same) {
    return same.size() < MOST_OF_A_NAME && busy.takenBy(party) < MOST_FOR_SECOND_LOOKUPS;
  }

  private LookUp begin(LookUp begun) {
    synchronized (this) {
      if (!busy.tryTake(begun.name.party)) {
        begun.waits = true;
        waiting.add(begun.name.party, begun);
        return begun;
      }
    }
    try {
      threads.execute(() -> work(begun));
    } catch (Throwable e) {
      // An Error as a rule, "unable to create native thread": nobody else ends this look-up.
      busy.giveBack(begun.name.party);
      forget(begun);
      begun.answer.completeExceptionally(e);
    }
    return begun;
  }

  private void work(LookUp first) {
    for (LookUp next = first; next != null; next = after(next)) {
      lookUp(next);
    }
  }

  /** The next that waits, by turns of the parties that may have another thread. */
  private synchronized @Nullable LookUp after(LookUp ended) {
    busy.giveBack(ended.name.party);
    LookUp next = waiting.next(busy::tryTake);
    if (next != null) {
      next.waits = false;
    }
    return next;
  }

  private void lookUp(LookUp begun) {
    try {
      List<InetAddress> found = List.of(names.addressesOf(begun.name.host));
      forget(begun);
      begun.answer.complete(found);
    } catch (Throwable e) {
      forget(begun);
      begun.answer.completeExceptionally(e);
    }
  }

  private synchronized void forget(LookUp ended) {
    Deque<LookUp> same = underWay.get(ended.name);
    if (same != null && same.remove(ended) && same.isEmpty()) {
      underWay.remove(ended.name);
    }
  }

  /** How many names are being looked up. */
  synchronized int names() {
    return underWay.size();
  }
}
