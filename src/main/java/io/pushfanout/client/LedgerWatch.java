package io.pushfanout.client;

import io.pushfanout.client.ServerStatus.Fanout;
import io.pushfanout.client.ServerStatus.Node;
import io.pushfanout.concurrent.Threads;
import java.io.IOException;
import java.time.Duration;

/** Looks now and then at what is in flight, until it is closed. */
public final class LedgerWatch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(250);

  private final StatusClient status;
  private final Thread thread;
  private volatile boolean streams;

  LedgerWatch(StatusClient status) {
    this.status = status;
    thread = Threads.start("ledger-watch", this::keepLooking);
  }

  /** Whether a node had more in flight than it has workers, as only a node that streams can. */
  public boolean sawStreams() {
    return streams;
  }

  private void keepLooking() {
    try {
      while (true) {
        see(status.fetch());
        Thread.sleep(EVERY);
      }
    } catch (IOException _) {
      // Who asks for the counts at the end will hear of it, if it lasts.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void see(StatusSample sample) {
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
