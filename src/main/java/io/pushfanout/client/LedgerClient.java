package io.pushfanout.client;

import io.pushfanout.tls.LiveTls;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a running server has counted. Whatever goes wrong is an {@link IOException} whose
 * message is one line that names the server.
 */
public final class LedgerClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final ServerUrl server;
  private final StatusClient status;
  private final PageClient pages;

  /**
   * @param tls for an https URL; null trusts as the JDK does
   */
  public LedgerClient(ServerUrl server, @Nullable LiveTls tls) {
    this.server = server;
    this.status = new StatusClient(server, tls, TIMEOUT);
    this.pages = new PageClient(server, tls, TIMEOUT);
  }

  /**
   * Reads it when no message waits or is in flight, so that all counts are of the same messages; or
   * as it is when that takes too long.
   *
   * @param enough ends the wait sooner
   */
  public LedgerSample atRest(Duration atMost, BooleanSupplier enough)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    StatusSample now = status.fetch();
    while (!LedgerSample.isAtRest(now) && !enough.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(LOOK_AGAIN);
      now = status.fetch();
    }
    return new LedgerSample(now, times());
  }

  /** Starts to look at what is in flight. */
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

  /** Ends what is under way. */
  @Override
  public void close() {
    pages.close();
    status.close();
  }
}
