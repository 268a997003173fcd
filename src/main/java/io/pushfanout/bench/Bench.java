package io.pushfanout.bench;

import io.pushfanout.client.ArrivalSchedule;
import io.pushfanout.client.BroadcastCaller;
import io.pushfanout.client.CallerException;
import io.pushfanout.client.CallerTls;
import io.pushfanout.client.ClientTls;
import io.pushfanout.client.LedgerClient;
import io.pushfanout.client.LedgerSample;
import io.pushfanout.client.LedgerWatch;
import io.pushfanout.client.LoadConnections;
import io.pushfanout.client.LoadResult;
import io.pushfanout.client.OpenLoop;
import io.pushfanout.tls.LiveTls;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One measurement: a first broadcast that shows whether the server takes any, a warm-up, and the
 * load that counts. The nodes' ledger is read at rest before and after that, so that its counts are
 * those of the same messages.
 *
 * <p>{@link #run} belongs to one thread, {@link #stop} may come from another.
 */
public final class Bench {
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(10);

  /** For the queues to empty: a message whose node stands still may wait for its whole TTL. */
  private static final Duration REST = Duration.ofSeconds(30);

  private final BenchOptions options;
  private final BenchProgress progress;
  private volatile @Nullable OpenLoop loop;
  private volatile boolean stopped;

  public Bench(BenchOptions options, BenchProgress progress) {
    this.options = options;
    this.progress = progress;
  }

  /** Prints nothing but progress; what was measured until {@link #stop} is measured. */
  public BenchResult run() throws CallerException, IOException, InterruptedException {
    try (LiveTls live = ClientTls.open(options.tls());
        LedgerClient ledger = ledger(live)) {
      if (ledger != null) {
        var _ = ledger.atRest(Duration.ZERO, () -> true); // Better now than after the load.
      }
      return load(ClientTls.with(live, options.tls()), ledger);
    }
  }

  private @Nullable LedgerClient ledger(@Nullable LiveTls live) {
    return options.http() == null ? null : new LedgerClient(options.http(), live);
  }

  private BenchResult load(@Nullable CallerTls tls, @Nullable LedgerClient ledger)
      throws CallerException, IOException, InterruptedException {
    var messages = options.messages();
    try (BroadcastCaller first = new BroadcastCaller(options.to(), tls, options.token())) {
      var _ = first.send(messages.getFirst(), FIRST_ANSWER);
    }
    try (LoadConnections connections =
        new LoadConnections(options.to(), tls, options.token(), options.connections(), messages)) {
      if (!stopped && !options.warmup().isZero()) {
        var _ = run(connections, options.warmupPace(), "warming up");
      }
      return ledger == null
          ? new BenchResult(options, measure(connections), null, stopped)
          : measure(connections, ledger);
    }
  }

  private LoadResult measure(LoadConnections connections) throws InterruptedException {
    return run(connections, options.pace(), "measuring");
  }

  private BenchResult measure(LoadConnections connections, LedgerClient ledger)
      throws IOException, InterruptedException {
    LedgerSample before = ledger.atRest(REST, () -> stopped);
    LoadResult result;
    boolean streams;
    try (LedgerWatch watch = ledger.watch()) {
      result = measure(connections);
      streams = watch.sawStreams();
    }
    LedgerSample after = ledger.atRest(REST, () -> stopped);
    return new BenchResult(options, result, after.since(before, streams), stopped);
  }

  private LoadResult run(LoadConnections connections, ArrivalSchedule pace, String what)
      throws InterruptedException {
    OpenLoop now = new OpenLoop(connections, pace);
    loop = now;
    if (stopped) {
      now.stop();
    }
    try (var _ = progress.of(what, pace, now::result)) {
      return now.run();
    }
  }

  /** Ends the load; {@link #run} returns soon with what there is. */
  public void stop() {
    stopped = true;
    OpenLoop now = loop;
    if (now != null) {
      now.stop();
    }
  }
}
