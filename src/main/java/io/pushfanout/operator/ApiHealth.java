package io.pushfanout.operator;

import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A record of the duties at the API server that fail, lists, watches and writes, each by itself.
 * Any thread may call it.
 */
final class ApiHealth {
  /**
   * Age from which a failure is a problem: a restart of the API server is shorter, and the server
   * then forbids even requests that it normally allows.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final LongSupplier nanoClock;
  private final SortedMap<String, Trouble> troubles = new TreeMap<>();
  private String where = "it";
  private boolean stale;

  private record Trouble(long sinceNanos, String why) {}

  ApiHealth(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Sets the server of the session that begins; no identity has been refused there yet. */
  synchronized void begin(String server) {
    where = server;
    stale = false;
  }

  /** Returns the server of the newest session, for messages. */
  synchronized String where() {
    return where;
  }

  /** Returns the reason of a failure in one line. */
  String reason(Throwable thrown) {
    return ApiFailure.reason(thrown, where());
  }

  /** Removes the failures of the previous session: the new one finds its own. */
  synchronized void forget() {
    troubles.clear();
  }

  /** Records a failure; its time is that of the first one since the last success. */
  synchronized void failed(String what, String why) {
    Trouble before = troubles.get(what);
    long since = before == null ? nanoClock.getAsLong() : before.sinceNanos();
    troubles.put(what, new Trouble(since, why));
  }

  synchronized void succeeded(String what) {
    troubles.remove(what);
  }

  /**
   * Records that this side or the server refused the other's credentials: the files may hold newer
   * ones.
   */
  synchronized void identityRefused() {
    stale = true;
  }

  /** Returns whether the session's files should be read again. */
  synchronized boolean isStale() {
    return stale;
  }

  /**
   * Returns the duties that have failed for longer than a restart takes, in one line; empty when
   * there are none.
   */
  synchronized Optional<String> problem() {
    long now = nanoClock.getAsLong();
    String all =
        troubles.entrySet().stream()
            .filter(one -> now - one.getValue().sinceNanos() >= PATIENCE.toNanos())
            .map(one -> one.getKey() + ": " + one.getValue().why())
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? Optional.empty() : Optional.of(all);
  }
}
