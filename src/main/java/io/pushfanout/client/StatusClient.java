package io.pushfanout.client;

import io.pushfanout.tls.ReloadingTlsContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client that reads the status of a running server. Every failure is an {@link IOException} whose
 * message is one line that names the server.
 */
public final class StatusClient implements AutoCloseable {
  private final ServerUrl server;
  private final PageClient pages;

  /**
   * @param tls for an https URL; null: the JDK's trust store
   * @param timeout for one response, from dialling to its last byte
   */
  public StatusClient(ServerUrl server, @Nullable ReloadingTlsContext tls, Duration timeout) {
    this.server = server;
    this.pages = new PageClient(server, tls, timeout);
  }

  /** Fetches the status once. */
  public StatusSample fetch() throws IOException, InterruptedException {
    String body = pages.get("/api/v1/status", "application/json");
    long now = System.nanoTime();
    try {
      return StatusSample.read(body, now);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s answered with no status of PushFanout: %s".formatted(server, e.getMessage()), e);
    }
  }

  /** Returns the first line of {@code /readyz}; empty if the server has no such page. */
  Optional<String> readiness() throws IOException, InterruptedException {
    return pages.find("/readyz", "text/plain", Set.of(200, 503)).lines().findFirst();
  }

  /** Returns the delivery times by fanout; empty if the server does not publish them. */
  Map<String, DeliveryTimes> deliveryTimes() throws IOException, InterruptedException {
    try {
      return DeliveryTimes.byFanout(pages.find("/metrics", "text/plain", Set.of(200)));
    } catch (NumberFormatException _) {
      return Map.of();
    }
  }

  /** Cancels pending requests. */
  @Override
  public void close() {
    pages.close();
  }
}
