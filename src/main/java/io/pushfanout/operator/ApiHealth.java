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
  /** A restart is shorter; while it lasts the API server even forbids what our rights allow. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final LongSupplier nanoClock;
  private final SortedMap<String, Trouble> troubles = new TreeMap<>();
  private String where = "it";
  private boolean stale;

  private record Trouble(long sinceNanos, String why) {}

  ApiHealth(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** The next session is with this server; nothing has failed there yet. */
  synchronized void begin(String server) {
    where = server;
    stale = false;
  }

  /** The newest server, for messages. */
  synchronized String where() {
    return where;
  }

  /** One line on what was thrown. */
  String reason(Throwable thrown) {
    return ApiFailure.reason(thrown, where());
  }

  /** What failed before a new session is that one's to find out. */
  synchronized void forget() {
    troubles.clear();
  }

  /** This has failed, and not succeeded since. */
  synchronized void failed(String what, String why) {
    Trouble before = troubles.get(what);
    long since = before == null ? nanoClock.getAsLong() : before.sinceNanos();
    troubles.put(what, new Trouble(since, why));
  }

  synchronized void succeeded(String what) {
    troubles.remove(what);
  }

  /** Either side does not take what the other shows: files may hold something newer. */
  synchronized void identityRefused() {
    stale = true;
  }

  /** Whether the files of the session are worth another look. */
  synchronized boolean isStale() {
    return stale;
  }

  /** What has failed for longer than a restart takes, one line; empty where nothing has. */
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
