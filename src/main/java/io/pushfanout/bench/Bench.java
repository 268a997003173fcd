package io.pushfanout.bench;

import io.pushfanout.client.ArrivalSchedule;
import io.pushfanout.client.BroadcastCaller;
import io.pushfanout.client.BroadcastCaller.CallerException;
import io.pushfanout.client.ClientTls;
import io.pushfanout.client.ClientTls.CallerTls;
import io.pushfanout.client.LedgerClient;
import io.pushfanout.client.LedgerSample;
import io.pushfanout.client.LedgerWatch;
import io.pushfanout.client.LoadConnections;
import io.pushfanout.client.LoadResult;
import io.pushfanout.client.OpenLoop;
import io.pushfanout.tls.ReloadingTlsContext;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One measurement: a first broadcast to check that the server accepts any, a warm-up, and the
 * measured load. The nodes' ledger is read at rest before and after the measured load, so that its
 * counts cover exactly these messages.
 *
 * <p>One thread calls {@link #run}; another may call {@link #stop}.
 */
public final class Bench {
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(10);

  /** Time for the queues to empty: a message of a stalled node may wait for its whole TTL. */
  private static final Duration REST = Duration.ofSeconds(30);

  private final BenchOptions options;
  private final BenchProgress progress;
  private volatile @Nullable OpenLoop loop;
  private volatile boolean stopped;

  public Bench(BenchOptions options, BenchProgress progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Runs the measurement and prints only its progress; {@link #stop} ends it with the results so
   * far.
   */
  public BenchResult run() throws CallerException, IOException, InterruptedException {
    try (ReloadingTlsContext live = ClientTls.open(options.tls());
        LedgerClient ledger = ledger(live)) {
      if (ledger != null) {
        // An unreachable status must fail before the load, not after it.
        var _ = ledger.atRest(Duration.ZERO, () -> true);
      }
      return load(ClientTls.with(live, options.tls()), ledger);
    }
  }

  private @Nullable LedgerClient ledger(@Nullable ReloadingTlsContext live) {
    return options.http() == null ? null : new LedgerClient(options.http(), live);
  }

  private BenchResult load(@Nullable CallerTls tls, @Nullable LedgerClient ledger)
      throws CallerException, IOException, InterruptedException {
    var messages = options.messages();
    try (BroadcastCaller first = new BroadcastCaller(options.to(), tls, options.token())) {
      var _ = first.send(messages.getFirst(), FIRST_ANSWER);
    }
    try (LoadConnections connections =
        new LoadConnections(
            options.to(),
            tls,
            options.token(),
            options.connections(),
            options.streams(),
            messages)) {
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

  private LoadResult run(LoadConnections connections, ArrivalSchedule pace, String phase)
      throws InterruptedException {
    OpenLoop now = new OpenLoop(connections, pace);
    loop = now;
    if (stopped) {
      now.stop();
    }
    try (var _ = progress.of(phase, pace, now::result)) {
      return now.run();
    }
  }

  /** Ends the load; {@link #run} returns soon with the results so far. */
  public void stop() {
    stopped = true;
    OpenLoop now = loop;
    if (now != null) {
      now.stop();
    }
  }
}
