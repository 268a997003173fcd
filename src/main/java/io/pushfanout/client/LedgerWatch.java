package io.pushfanout.client;

import io.pushfanout.concurrent.Threads;
import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.json.ServerStatus.Node;
import java.io.IOException;
import java.time.Duration;

/** A poller of the messages in flight that runs on its own thread until it is closed. */
public final class LedgerWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final StatusClient status;
  private final Thread thread;
  private volatile boolean streams;

  LedgerWatch(StatusClient status) {
    this.status = status;
    thread = Threads.start("ledger-watch", this::poll);
  }

  /** Returns whether a node had more messages in flight than workers, which only streams allow. */
  public boolean sawStreams() {
    return streams;
  }

  private void poll() {
    try {
      while (true) {
        record(status.fetch());
        Thread.sleep(INTERVAL);
      }
    } catch (IOException _) {
      // A lasting failure is reported when the counters are read at the end.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void record(StatusSample sample) {
    for (Fanout fanout : sample.status().fanouts()) {
      for (Node node : fanout.nodes()) {
        streams |= node.inFlight() > node.workers();
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
