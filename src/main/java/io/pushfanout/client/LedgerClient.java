package io.pushfanout.client;

import io.pushfanout.tls.ReloadingTlsContext;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that reads the counters of a running server. Every failure is an {@link IOException}
 * whose message is one line that names the server.
 */
public final class LedgerClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private final ServerUrl server;
  private final StatusClient status;
  private final PageClient pages;

  /**
   * @param tls for an https URL; null: the JDK's trust store
   */
  public LedgerClient(ServerUrl server, @Nullable ReloadingTlsContext tls) {
    this.server = server;
    this.status = new StatusClient(server, tls, TIMEOUT);
    this.pages = new PageClient(server, tls, TIMEOUT);
  }

  /**
   * Returns the counters once no message waits or is in flight, so that all counters cover the same
   * messages; after the time limit, returns them as they are.
   *
   * @param enough ends the wait early
   */
  public LedgerSample atRest(Duration atMost, BooleanSupplier enough)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    StatusSample now = status.fetch();
    while (!LedgerSample.isAtRest(now) && !enough.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(POLL_INTERVAL);
      now = status.fetch();
    }
    return new LedgerSample(now, times());
  }

  /** Starts polling for messages in flight. */
  public LedgerWatch watch() {
    return new LedgerWatch(status);
  }

  private DeliveryTimes times() throws IOException, InterruptedException {
    try {
      return DeliveryTimes.read(pages.get("/metrics", "text/plain"));
    } catch (NumberFormatException e) {
      throw new IOException(server + " answered with no metrics of PushFanout", e);
    }
  }

  /** Cancels pending requests. */
  @Override
  public void close() {
    pages.close();
    status.close();
  }
}
