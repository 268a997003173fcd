package io.pushfanout.history;

import io.pushfanout.concurrent.LogLimits;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.text.Printable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A log of changes to fanouts: one line for each kind of change and each fanout, within 5 s. Each
 * second it compares the specs in force and the nodes with those of the previous poll, so every
 * source is logged alike. A fleet of any size produces a few lines. A namespace produces at most
 * {@value #LINES} lines of a kind in any 20 s.
 *
 * <p>Specs may be handed over from any thread; polling is for one thread.
 */
public final class History {
  private static final Logger log = LoggerFactory.getLogger(History.class);

  static final int LINES = 20;

  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
  private static final int LINE_MAX = 2000;

  private final Supplier<List<FanoutSnapshot>> running;
  private final LongSupplier nanoClock;
  private final LogLimits<Party> lines;
  private final Map<FanoutName, FanoutHistory> fanouts = new HashMap<>();
  private SortedMap<FanoutName, FanoutSpec> logged = new TreeMap<>();
  private volatile Applied applied = new Applied(0, List.of());
  private long handedOver;

  private record Party(String namespace, String kind) {}

  /**
   * @param turn number of the hand-over: futures of older hand-overs may complete later
   */
  private record Applied(long turn, List<FanoutSpec> specs) {}

  /**
   * Creates a log that is silent until {@link #start}.
   *
   * @param running the present fanouts and their nodes
   */
  public History(Supplier<List<FanoutSnapshot>> running, LongSupplier nanoClock) {
    this.running = running;
    this.nanoClock = nanoClock;
    this.lines = new LogLimits<>(LINES, nanoClock);
  }

  /**
   * Records the complete set of specs, which are logged once they are in force.
   *
   * @param inForce completes when these specs or newer ones are in force
   */
  public synchronized void handedOver(List<FanoutSpec> specs, CompletableFuture<Void> inForce) {
    Applied next = new Applied(++handedOver, List.copyOf(specs));
    Future<Void> _ = inForce.thenRun(() -> inForce(next));
  }

  private synchronized void inForce(Applied next) {
    if (next.turn() > applied.turn()) {
      applied = next;
    }
  }

  /** Starts polling on this thread; the first poll logs the specs that are in force. */
  public Future<?> start(ScheduledExecutorService thread) {
    return new RepeatedTask("the poll for changes to log", this::poll)
        .start(thread, Duration.ZERO, POLL_INTERVAL);
  }

  void poll() {
    pollSpecs();
    List<FanoutSnapshot> now = running.get();
    Map<FanoutName, FanoutSnapshot> byName = new HashMap<>();
    now.forEach(fanout -> byName.put(fanout.name(), fanout));
    fanouts.keySet().retainAll(byName.keySet());
    long nowNanos = nanoClock.getAsLong();
    for (FanoutSnapshot fanout : now) {
      fanouts
          .computeIfAbsent(fanout.name(), _ -> new FanoutHistory())
          .poll(fanout, nowNanos, (kind, level, text) -> write(fanout.name(), kind, level, text));
    }
  }

  private void pollSpecs() {
    SortedMap<FanoutName, FanoutSpec> now = new TreeMap<>();
    applied.specs().forEach(spec -> now.put(spec.name(), spec));
    now.forEach((name, spec) -> compare(name, logged.get(name), spec));
    logged.keySet().stream()
        .filter(name -> !now.containsKey(name))
        .forEach(name -> spec(name, "removed; its nodes retire"));
    logged = now;
  }

  private void compare(FanoutName name, @Nullable FanoutSpec before, FanoutSpec now) {
    if (before == null) {
      spec(
          name,
          "applied, generation %d: %s"
              .formatted(now.generation(), String.join(", ", FieldChanges.of(now))));
    } else if (!now.equals(before)) {
      List<String> changes = FieldChanges.between(before, now);
      if (!changes.isEmpty()) {
        spec(
            name,
            "applied, generation %d: %s".formatted(now.generation(), String.join(", ", changes)));
      }
    }
  }

  private void spec(FanoutName name, String text) {
    write(name, "spec", Level.INFO, "spec " + text);
  }

  private void write(FanoutName fanout, String kind, Level level, String text) {
    lines
        .of(new Party(fanout.namespace(), kind))
        .write(
            note ->
                log.atLevel(level)
                    .log("fanout {}: {}{}", fanout, Printable.line(text, LINE_MAX), note));
  }
}
