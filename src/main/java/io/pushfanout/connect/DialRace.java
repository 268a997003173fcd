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
 * The rules of one dial of a node: the next address to try and its time, and when to look the name
 * up again (RFC 8305). A race has no thread, no clock and no network: each event comes with its
 * time and returns the steps that it calls for.
 *
 * <p>Attempts race until the first has a node that takes calls. A name is looked up again while
 * attempts hang, because it may have moved meanwhile; addresses of the answer without a running
 * attempt are tried (again). After news of the node, every attempt before it counts as none: the
 * attempt goes on, but its address is tried again.
 */
final class DialRace {
  /**
   * Time until the next address is tried beside attempts without an answer (RFC 8305, section 5).
   */
  static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

  /**
   * Time until the next address is tried beside an attempt with a TCP connection: TLS and the
   * node's SETTINGS take a loaded node some time.
   */
  static final Duration GREETING_DELAY = Duration.ofSeconds(1);

  /** Time from the last answer of a look-up to the next look-up. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /** Time after which another look-up runs beside one without an answer. */
  static final Duration LOOK_UP_HANGS = Duration.ofSeconds(2);

  /** Most attempts at a time. Each takes a file descriptor; the oldest gives way. */
  static final int MOST_ATTEMPTS = 8;

  private final String host;
  private final boolean named;
  private final long timeoutNanos;
  private final AddressMemory memory;

  private final Map<Integer, Attempt> underWay = new LinkedHashMap<>();
  private final Deque<InetAddress> next = new ArrayDeque<>();
  private int attempts;

  /** Look-ups without an answer yet. */
  private int lookUps;

  private long lastLookUp;

  /** Time in nanoseconds; an address with an attempt that began since then is busy. */
  private long busySince;

  private long nextStart;
  private long deadline;

  /** Whether there has been an answer since the beginning, or since the last news. */
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
   * @param timeout time for a first answer, and again for a connection
   */
  DialRace(String host, boolean named, Duration timeout, AddressMemory memory) {
    this.host = host;
    this.named = named;
    this.timeoutNanos = timeout.toNanos();
    this.memory = memory;
  }

  // ---- events

  List<DialStep> begin(long now) {
    return restart(false, now);
  }

  /** Handles news that the node is there now, perhaps at another address. */
  List<DialStep> announced(long now) {
    return over ? List.of() : restart(true, now);
  }

  private List<DialStep> restart(boolean fresh, long now) {
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

  /** Handles the TCP connection of an attempt. */
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

  /** Ends the race: the attempt has a node that takes calls, and the others are to be cancelled. */
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

  /** Returns the time at which to call {@link #time}, unless another event comes before. */
  long wakeAt() {
    long at = deadline;
    if (!next.isEmpty()) {
      at = sooner(at, nextStart);
    }
    return named && (lookUps > 0 || !underWay.isEmpty()) ? sooner(at, nextLookUp()) : at;
  }

  // ---- decisions

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
