package io.pushfanout.connect;

import io.pushfanout.connect.DialStep.Cancel;
import io.pushfanout.connect.DialStep.GiveUp;
import io.pushfanout.connect.DialStep.LookUp;
import io.pushfanout.connect.DialStep.Start;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides what one dial of a node does next: which address to try when, and when to look the name
 * up again (RFC 8305). No thread, no clock, no network: each event comes with its time and returns
 * the steps that it calls for.
 *
 * <p>Attempts race until the first has a node that takes calls. A name is looked up again while
 * attempts hang, because it may have moved meanwhile; what the answer holds and no attempt is busy
 * with is tried (again). News of the node makes every attempt before it count as none: it goes on,
 * but its address is tried anew.
 */
final class DialRace {
  /** Until the next address is tried beside the ones that have not answered (RFC 8305, 5). */
  static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

  /** The same once TCP is through: TLS and the node's SETTINGS take a loaded node some time. */
  static final Duration GREETING_DELAY = Duration.ofSeconds(1);

  /** Until a name is looked up again, after its last answer, and while a look-up hangs. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  static final Duration LOOK_UP_HANGS = Duration.ofSeconds(2);

  /** Each takes a file descriptor; the oldest gives way. */
  static final int MOST_ATTEMPTS = 8;

  private final String host;
  private final boolean named;
  private final long timeoutNanos;
  private final AddressMemory memory;

  private final Map<Integer, Attempt> underWay = new LinkedHashMap<>();
  private final Deque<InetAddress> next = new ArrayDeque<>();
  private int attempts;

  /** Look-ups that owe an answer. */
  private int lookUps;

  private long lastLookUp;

  /** An address counts as busy with an attempt that began after this. */
  private long busySince;

  private long nextStart;
  private long deadline;

  /** Whether there has been an answer since the beginning, or since the news. */
  private boolean found;

  private @Nullable String firstFailure;
  private int failures;
  private boolean over;

  private static final class Attempt {
    final InetAddress address;
    final long since;
    boolean opened;

    Attempt(InetAddress address, long since) {
      this.address = address;
      this.since = since;
    }
  }

  /**
   * @param named whether the host is a name, which may have other addresses next time
   * @param timeout for a first answer, and after it for a connection
   */
  DialRace(String host, boolean named, Duration timeout, AddressMemory memory) {
    this.host = host;
    this.named = named;
    this.timeoutNanos = timeout.toNanos();
    this.memory = memory;
  }

  // ---- events

  List<DialStep> begin(long now) {
    return news(false, now);
  }

  /** Somebody has heard that the node is there now, perhaps elsewhere. */
  List<DialStep> announced(long now) {
    return over ? List.of() : news(true, now);
  }

  private List<DialStep> news(boolean fresh, long now) {
    found = false;
    busySince = now - ATTEMPT_DELAY.toNanos();
    deadline = now + timeoutNanos;
    List<DialStep> steps = new ArrayList<>();
    lookUp(fresh, now, steps);
    return steps;
  }

  List<DialStep> found(List<InetAddress> addresses, long now) {
    lookUps--;
    lastLookUp = now;
    if (!found) {
      found = true;
      deadline = now + timeoutNanos;
      nextStart = now;
    }
    next.clear();
    memory.order(addresses).stream().filter(address -> !isBusy(address)).forEach(next::add);
    return settle(now);
  }

  private boolean isBusy(InetAddress address) {
    return underWay.values().stream()
        .anyMatch(attempt -> attempt.address.equals(address) && attempt.since - busySince >= 0);
  }

  List<DialStep> notFound(String why, long now) {
    lookUps--;
    lastLookUp = now;
    failed(why);
    return settle(now);
  }

  /** TCP is through. */
  List<DialStep> opened(int attempt, long now) {
    Attempt opened = underWay.get(attempt);
    if (opened != null) {
      opened.opened = true;
      nextStart = later(nextStart, now + GREETING_DELAY.toNanos());
    }
    return settle(now);
  }

  List<DialStep> failed(int attempt, String why, long now) {
    if (underWay.remove(attempt) != null) {
      failed(why);
      if (underWay.values().stream().noneMatch(other -> other.opened)) {
        nextStart = now;
      }
    }
    return settle(now);
  }

  /** The attempt has a node that takes calls: it has won, and the others are to be cancelled. */
  void ready(int attempt) {
    Attempt winner = underWay.remove(attempt);
    if (!over && winner != null) {
      over = true;
      memory.connected(winner.address);
    }
  }

  List<DialStep> time(long now) {
    return settle(now);
  }

  /** When {@link #time} is to be called, unless something else happens before. */
  long wakeAt() {
    long at = deadline;
    if (!next.isEmpty()) {
      at = sooner(at, nextStart);
    }
    return named && (lookUps > 0 || !underWay.isEmpty()) ? sooner(at, nextLookUp()) : at;
  }

  // ---- what follows

  private List<DialStep> settle(long now) {
    if (over) {
      return List.of();
    }
    List<DialStep> steps = new ArrayList<>();
    if (now - deadline >= 0) {
      giveUp(timeoutText(), steps);
      return steps;
    }
    if (!next.isEmpty() && now - nextStart >= 0) {
      start(next.remove(), now, steps);
    }
    boolean nothingLeft = underWay.isEmpty() && next.isEmpty();
    if (nothingLeft && (found || lookUps == 0)) {
      giveUp(failureText(), steps);
    } else if (named && now - nextLookUp() >= 0) {
      lookUp(false, now, steps);
    }
    return steps;
  }

  private void start(InetAddress address, long now, List<DialStep> steps) {
    if (underWay.size() == MOST_ATTEMPTS) {
      int oldest = underWay.keySet().iterator().next();
      underWay.remove(oldest);
      steps.add(new Cancel(oldest));
    }
    memory.trying(address);
    underWay.put(++attempts, new Attempt(address, now));
    nextStart = now + ATTEMPT_DELAY.toNanos();
    steps.add(new Start(attempts, address));
  }

  private void lookUp(boolean fresh, long now, List<DialStep> steps) {
    lookUps++;
    lastLookUp = now;
    steps.add(new LookUp(fresh));
  }

  private long nextLookUp() {
    return lastLookUp + (lookUps > 0 ? LOOK_UP_HANGS : LOOK_AGAIN).toNanos();
  }

  private void giveUp(String why, List<DialStep> steps) {
    over = true;
    steps.add(new GiveUp(why));
  }

  private void failed(String why) {
    failures++;
    if (firstFailure == null) {
      firstFailure = why;
    }
  }

  private String timeoutText() {
    long millis = Duration.ofNanos(timeoutNanos).toMillis();
    return found
        ? "no connection within " + millis + " ms"
        : "no address of " + host + " within " + millis + " ms";
  }

  private String failureText() {
    String first = firstFailure == null ? "unknown host " + host : firstFailure;
    return failures <= 1 ? first : first + " (and " + (failures - 1) + " more)";
  }

  private static long sooner(long one, long other) {
    return one - other <= 0 ? one : other;
  }

  private static long later(long one, long other) {
    return one - other >= 0 ? one : other;
  }
}
