package io.pushfanout.lookup;

import com.google.common.net.InetAddresses;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.share.PartyQueue;
import io.pushfanout.share.Shares;
import java.net.InetAddress;
import java.net.UnknownHostException;
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
 * A resolver of host names for any number of callers, from any thread.
 *
 * <p>A look-up blocks in native code and cannot be interrupted, so its thread is a daemon of the
 * platform. Callers of one party and name share the look-up that is under way, unless it is older
 * than 2 s or the caller needs a fresh answer: then another one runs beside it. Threads are bounded
 * for each name and in all. Parties have shares of the threads, and waiting look-ups begin by turns
 * of the parties, so names that a name server does not answer delay no other party. A second
 * look-up of a name takes no thread that other names of its party need.
 */
public final class LookUps {
  /** Threads in all, half of them for one party alone. */
  static final int MOST_THREADS = 128;

  static final int MOST_OF_A_NAME = 4;

  /** Busy threads of a party from which on a second look-up of a name is left out. */
  static final int MOST_FOR_SECOND_LOOKUPS = MOST_THREADS / 4;

  /** Age of a look-up that has probably lost a packet; the system's resolver retries after 5 s. */
  static final Duration OLD = Duration.ofSeconds(2);

  private final NameService names;
  private final Executor threads;
  private final LongSupplier nanoClock;

  /** Look-ups under way, oldest first. Guarded by {@code this}, like the fields that follow. */
  private final Map<Name, Deque<LookUp>> underWay = new HashMap<>();

  /** Look-ups that no thread has begun yet. */
  private final PartyQueue<LookUp> waiting = new PartyQueue<>();

  /** Busy threads of each party. */
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

  /** Uses the system's resolver. */
  public LookUps() {
    this(InetAddress::getAllByName);
  }

  public LookUps(NameService names) {
    this(names, Threads.pool("pushfanout-lookup"), System::nanoTime);
  }

  /**
   * @param threads runs each of at most {@value #MOST_THREADS} tasks on a thread of its own
   */
  public LookUps(NameService names, Executor threads, LongSupplier nanoClock) {
    this.names = names;
    this.threads = threads;
    this.nanoClock = nanoClock;
  }

  /**
   * Resolves a name; an address in place of a name is returned as it is. Never throws, never
   * blocks.
   *
   * @param party the caller's party, compared by {@code equals}
   * @param fresh whether the answer of a look-up that has already begun is too old; within the
   *     bounds of threads
   * @return at least one address; or UnknownHostException, or the failure that kept the look-up
   *     from starting. Completed on any thread, without a time limit
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

  /**
   * Returns a look-up under way that the new one may share; null after the new one was registered.
   */
  private synchronized @Nullable LookUp joined(LookUp begun, boolean fresh) {
    Deque<LookUp> same = underWay.computeIfAbsent(begun.name, _ -> new ArrayDeque<>());
    LookUp newest = same.peekLast();
    if (newest != null
        && (mayShare(newest, begun, fresh) || !mayRunBeside(begun.name.party, same))) {
      return newest;
    }
    same.add(begun);
    return null;
  }

  private boolean mayShare(LookUp newest, LookUp begun, boolean fresh) {
    boolean young = begun.since - newest.since < OLD.toNanos();
    return newest.waits || (young && !fresh);
  }

  private boolean mayRunBeside(Object party, Deque<LookUp> same) {
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
      // Usually an Error, "unable to create native thread": no other code ends this look-up.
      busy.giveBack(begun.name.party);
      remove(begun);
      begun.answer.completeExceptionally(e);
    }
    return begun;
  }

  private void work(LookUp first) {
    for (LookUp next = first; next != null; next = after(next)) {
      lookUp(next);
    }
  }

  /** Returns the next waiting look-up, by turns of the parties that may have another thread. */
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
      remove(begun);
      begun.answer.complete(found);
    } catch (Throwable e) {
      remove(begun);
      begun.answer.completeExceptionally(e);
    }
  }

  private synchronized void remove(LookUp ended) {
    Deque<LookUp> same = underWay.get(ended.name);
    if (same != null && same.remove(ended) && same.isEmpty()) {
      underWay.remove(ended.name);
    }
  }

  /** Returns the number of names that are being looked up. */
  synchronized int names() {
    return underWay.size();
  }

  /**
   * A source of the addresses of a name. A call may block for as long as the system's resolver
   * does.
   */
  @FunctionalInterface
  public interface NameService {
    /**
     * @return at least one address, in the order of the system's preference
     * @throws UnknownHostException when the name has no address, or the look-up fails
     */
    InetAddress[] addressesOf(String host) throws UnknownHostException;
  }
}
